"""Checks the passwords of status pages, and limits the attempts."""

import asyncio
from datetime import datetime

from core.accounts import passwords
from core.accounts.throttle import allowed_at, is_forgotten, place_of
from core.clock import utc_now
from core.errors import SignInRefused

MAX_ADDRESSES = 10_000  # whose failed attempts are remembered

_failures: dict[str, tuple[int, datetime]] = {}


async def check_password(slug: str, password_hash: str | None, password: str, address: str) -> None:
    """Check that *password* is the page's.

    Raises:
        SignInRefused: It is wrong, or there were too many attempts from this address.
    """
    now, subject = utc_now(), f"address:{slug}:{place_of(address)}"
    failures, last = _failures.get(subject, (0, now))
    if is_forgotten(last, now):
        failures = 0
    if failures and now < allowed_at("address:", failures, last):
        raise SignInRefused("Too many attempts. Wait a moment, then try again.")
    if len(_failures) > MAX_ADDRESSES:
        _failures.clear()
    _failures[subject] = (failures + 1, now)  # before the check, so that parallel attempts count too
    if not await asyncio.to_thread(passwords.verifies, password[: passwords.MAX_CHARACTERS], password_hash):
        raise SignInRefused("Incorrect password.")
    _failures.pop(subject, None)
