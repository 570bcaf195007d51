"""Implements `watchwright user` and `watchwright token`: manages accounts on the machine that serves."""

import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.errors import InvalidInput, NotFound
from core.models import User
from core.phrases import utc_minute
from core.schemas import UserRead
from core.services import UserCRUD
from core.workers.bridge import Bridge
from core.workers.store_bus import bus_of
from dashboard.actions import accounts, own_account
from dashboard.commands.db import open_store
from dashboard.commands.terminal import plain
from dashboard.parsing import flags

MAX_ACCOUNTS = 100_000  # accounts
UNITS = {"d": "days", "h": "hours", "w": "weeks"}


def add(name: str, *, role: str) -> None:
    """Add an account. Ask for its password, or read it from a pipe."""
    with open_store(migrated=True), flags.named({"role": "role"}):
        user = asyncio.run(accounts.add({"name": name, "role": role.upper(), "password": _password(name)}))
    print(f"Added {plain(user.name)} as {user.role.lower()}.")


def set_password(name: str) -> None:
    """Set an account's password and sign the account out everywhere."""
    with open_store(migrated=True) as engine:
        user = run_in_session(_named, name)
        asyncio.run(_announced(engine, accounts.reset_password(user.id, _password(user.name))))
    print(f"Password changed. {plain(user.name)} is signed out everywhere.")


def print_all(*, as_json: bool) -> None:
    """Print all accounts, sorted by name."""
    with open_store(migrated=True):
        users, _total = asyncio.run(accounts.listed(0, MAX_ACCOUNTS))
    if as_json:
        print(json.dumps([user.model_dump(mode="json") for user in users], indent=2))
        return
    for user in users:
        print(_line(user))
    if not users:
        print("No accounts yet. The first visitor creates the administrator.")


def create_token(name: str, *, scopes: list[str], expires: str | None, user: str | None) -> None:
    """Create a token and print its secret, which is never shown again."""
    fields = {"name": name, "scopes": scopes or ["read"], "expires_at": _instant(expires) if expires else None}
    with open_store(migrated=True), flags.named({"scopes": "scope", "expires_at": "expires"}):
        data = own_account.token_of(fields)
        owner = run_in_session(_owner, user)
        made = run_in_session(own_account.mint_for, owner.id, data)
    print(made.secret)
    until = f" until {utc_minute(made.token.expires_at)}" if made.token.expires_at else ""
    print(f"Token {plain(name)} of {plain(owner.name)}{until}. It is not shown again.", file=sys.stderr)


def _line(user: UserRead) -> str:
    facts = [user.role.lower(), *(["two-step"] if user.has_two_step else []), *([] if user.is_active else ["off"])]
    seen = f"{user.last_sign_in_at:%Y-%m-%d %H:%M}" if user.last_sign_in_at else "never signed in"
    return f"{user.id:>5}  {plain(user.name)}  {', '.join(facts)}  {seen}"


async def _announced(engine: Engine, work: Awaitable[None]) -> None:
    """Await *work* while connected to the other processes on the store, as they may have the account's pages open."""
    bridge = Bridge(bus_of(engine, "command"))
    await bridge.start()
    try:
        await work
    finally:
        await bridge.stop()


def _password(name: str) -> str:
    """Ask twice at a terminal, or read the first line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"Password for {plain(name)}: ")
    if getpass.getpass("Repeat the password: ") != password:
        raise InvalidInput("The passwords differ. Nothing was changed.")
    return password


def _instant(text: str) -> datetime:
    """Return the instant that is ``30d``, ``12h`` or ``2w`` from now, or the date in *text*."""
    number, unit = text[:-1], text[-1:]
    if number.isdecimal() and unit in UNITS and 0 < int(number) < 10_000:
        return utc_now() + timedelta(**{UNITS[unit]: int(number)})
    try:
        return TypeAdapter(datetime).validate_python(text)
    except ValidationError as error:
        raise InvalidInput(f"{text} is not a valid expiry. Use 30d, 12h, 2w or a date such as 2030-01-31.") from error


def _named(db: Session, name: str) -> User:
    user = UserCRUD.get_by_name(db, name)
    if user is None:
        raise NotFound(f"There is no account {name}. `watchwright user list` prints all accounts.")
    return user


def _owner(db: Session, name: str | None) -> User:
    user = _named(db, name) if name else UserCRUD.first_administrator(db)
    if user is None:
        raise NotFound(
            "There is no administrator yet. Create one with `watchwright user add NAME --role administrator`."
        )
    return user
