"""`watchwright user` and `watchwright token`."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core import signals
from core.clock import utc_now
from core.database import run_in_session
from core.errors import AlreadyExists, InvalidInput, NotFound
from core.services import SignInCRUD
from core.workers import bridge
from core.workers.store_bus import bus_of
from dashboard.command_line.app import app
from dashboard.commands.db import open_store

GOOD = "a heron in the reeds\n"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))


def _run(*arguments: str, typed: str = "") -> str:
    done = CliRunner().invoke(app, arguments, input=typed)
    if done.exception is not None:
        raise done.exception
    return done.output


def test_an_account_is_added_listed_and_gets_a_new_password() -> None:
    assert "No accounts yet" in _run("user", "list")

    assert _run("user", "add", "Grace", "--role", "administrator", typed=GOOD) == "Added grace as administrator.\n"
    assert "signed out everywhere" in _run("user", "passwd", "grace", typed="seven quiet otters swim\n")

    (user,) = json.loads(_run("user", "list", "--json"))
    assert (user["name"], user["role"], user["is_active"]) == ("grace", "ADMINISTRATOR", True)


async def test_open_pages_are_closed_after_a_password_change() -> None:
    await asyncio.to_thread(_run, "user", "add", "grace", "--role", "administrator", typed=GOOD)
    with open_store() as engine:
        sign_in = run_in_session(SignInCRUD.create, user_id=1, token_hash="t", expires_at=utc_now() + timedelta(1))
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        server = bus_of(engine, "dashboard")
    await server.start(heard.put_nowait)

    await asyncio.to_thread(_run, "user", "passwd", "grace", typed="seven quiet otters swim\n")

    message = await asyncio.wait_for(heard.get(), 5)
    await server.stop()
    told = signals.SignInEnded(sign_in_id=sign_in.id)
    assert bridge.facts(message, besides="another") == [(signals.sign_in_ended, told)]


def test_errors_are_one_sentence() -> None:
    with pytest.raises(NotFound, match="There is no administrator yet"):
        _run("token", "create", "ci")
    _run("user", "add", "grace", "--role", "administrator", typed=GOOD)

    with pytest.raises(AlreadyExists):
        _run("user", "add", "grace", typed=GOOD)
    with pytest.raises(InvalidInput, match="at least 10 characters"):
        _run("user", "add", "ada", typed="short\n")
    with pytest.raises(NotFound, match="There is no account nobody"):
        _run("user", "passwd", "nobody", typed=GOOD)


def test_the_first_account_must_be_an_administrator() -> None:
    with pytest.raises(InvalidInput, match="^--role: The first account must be an administrator.$"):
        _run("user", "add", "grace", typed=GOOD)
    _run("user", "add", "ada", "--role", "administrator", typed=GOOD)

    assert _run("user", "add", "grace", typed=GOOD) == "Added grace as viewer.\n"


def test_only_the_token_is_on_standard_output() -> None:
    _run("user", "add", "ada", "--role", "administrator", typed=GOOD)

    done = CliRunner().invoke(app, ["token", "create", "ci", "--scope", "read", "--expires", "30d"])

    assert done.stdout.startswith("ww_") and done.stdout.count("\n") == 1
    assert "It is not shown again." in done.stderr


def test_a_useless_token_is_refused() -> None:
    with pytest.raises(InvalidInput, match="^--scope: Must be one of 'read', 'write' or 'debug'.$"):
        _run("token", "create", "ci", "--scope", "all")
    _run("user", "add", "ada", "--role", "administrator", typed=GOOD)
    with pytest.raises(InvalidInput, match="^--expires: That time is in the past. Enter a future time.$"):
        _run("token", "create", "ci", "--expires", "2020-01-31")


@pytest.mark.parametrize("expires", ["soon", "0d", "1x"])
def test_an_invalid_time_is_refused(expires: str) -> None:
    with pytest.raises(InvalidInput, match="is not a valid expiry. Use 30d"):
        _run("token", "create", "ci", "--expires", expires)
