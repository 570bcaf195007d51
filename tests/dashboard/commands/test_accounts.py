"""`watchwright user` and `token`, as an administrator at the machine types them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import AlreadyExists, InvalidInput, NotFound
from dashboard.command_line.app import app

GOOD = "a heron in the reeds\n"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))


def _run(*arguments: str, typed: str = "") -> str:
    done = CliRunner().invoke(app, arguments, input=typed)
    if done.exception is not None:
        raise done.exception
    return done.output


def test_an_account_is_added_listed_and_given_another_password() -> None:
    assert "There is no account yet" in _run("user", "list")

    assert _run("user", "add", "Grace", "--role", "editor", typed=GOOD) == "Added grace as editor.\n"
    assert "signed out everywhere" in _run("user", "passwd", "grace", typed="seven quiet otters swim\n")

    (user,) = json.loads(_run("user", "list", "--json"))
    assert (user["name"], user["role"], user["is_active"]) == ("grace", "EDITOR", True)


def test_what_cannot_be_is_said_in_a_sentence() -> None:
    _run("user", "add", "grace", typed=GOOD)

    with pytest.raises(AlreadyExists):
        _run("user", "add", "grace", typed=GOOD)
    with pytest.raises(InvalidInput, match="at least 10 characters"):
        _run("user", "add", "ada", typed="short\n")
    with pytest.raises(NotFound, match="There is no account nobody"):
        _run("user", "passwd", "nobody", typed=GOOD)
    with pytest.raises(NotFound, match="There is no administrator yet"):
        _run("token", "create", "ci")


def test_a_token_is_printed_alone_so_that_scripts_can_take_it() -> None:
    _run("user", "add", "ada", "--role", "administrator", typed=GOOD)

    done = CliRunner().invoke(app, ["token", "create", "ci", "--scope", "read", "--expires", "30d"])

    assert done.stdout.startswith("ww_") and done.stdout.count("\n") == 1
    assert "It is not shown again." in done.stderr


def test_a_token_that_would_be_of_no_use_is_refused() -> None:
    with pytest.raises(InvalidInput, match="^--scope: Give one of 'read', 'write' or 'debug'.$"):
        _run("token", "create", "ci", "--scope", "all")
    _run("user", "add", "ada", "--role", "administrator", typed=GOOD)
    with pytest.raises(InvalidInput, match="^--expires: That is over already; give an instant that is to come.$"):
        _run("token", "create", "ci", "--expires", "2020-01-31")


@pytest.mark.parametrize("expires", ["soon", "0d", "1x"])
def test_a_time_that_is_none_is_refused(expires: str) -> None:
    with pytest.raises(InvalidInput, match="is no time; give 30d"):
        _run("token", "create", "ci", "--expires", expires)
