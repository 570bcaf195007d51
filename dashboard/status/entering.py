"""Who may read a status page that has a password."""

import asyncio
from datetime import datetime

from core.accounts import passwords
from core.accounts.throttle import allowed_at, is_forgotten
from core.clock import utc_now
from core.errors import SignInRefused

_failures: dict[str, tuple[int, datetime]] = {}


async def check_password(slug: str, password_hash: str | None, password: str, address: str) -> None:
    """See that *password* is the page's.

    Raises:
        SignInRefused: It is not, or was tried too often from this address.
    """
    now, subject = utc_now(), f"address:{slug}:{address}"
    failures, last = _failures.get(subject, (0, now))
    if is_forgotten(last, now):
        failures = 0
    if failures and now < allowed_at("address:", failures, last):
        raise SignInRefused("That was tried too often; wait a little.")
    if await asyncio.to_thread(passwords.verifies, password[:512], password_hash):
        _failures.pop(subject, None)
        return
    if len(_failures) > 10_000:
        _failures.clear()
    _failures[subject] = (failures + 1, now)
    raise SignInRefused("That is not the password of this page.")
