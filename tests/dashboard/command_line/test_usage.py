"""Usage errors are one sentence, in the words that forms and settings use."""

from io import StringIO
from pathlib import Path

import pytest

from tests.command import run


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("serve", "--port", "abc"), "--port: Must be a whole number."),
        (("debug", "127.0.0.1", "--time-limit", "soon"), "--time-limit: Must be a number."),
        (("debug", "127.0.0.1", "--time-limit", "0"), "--time-limit: Must be 1 or more."),
        (("website", "add", "a.example", "--quorum", "0"), "--quorum: Must be 1 or more."),
        (("website", "add", "a.example", "--tag", ""), "--tag: This is required."),
        (("user", "add", "ann", "--role", "chief"), "--role: Must be one of 'VIEWER', 'EDITOR' or 'ADMINISTRATOR'."),
        (("website", "add"), "URL is required. See `watchwright website add --help`."),
        (("website", "show"), "URL|ID is required. See `watchwright website show --help`."),
        (("website", "watch"), "No such command 'watch'. See `watchwright website --help`."),
        (("servee",), "No such command 'servee'. Did you mean 'serve', 'user'? See `watchwright --help`."),
        (("check", "a.example", "--colour"), "No such option: --colour. See `watchwright check --help`."),
        (("serve", "--port"), "Option '--port' requires an argument."),
        (
            ("db", "copy", "mysql://127.0.0.1/db"),
            "URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_invalid_command_line_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = run(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"watchwright: {sentence}\n")


@pytest.fixture(autouse=True)
def typed(own_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal that password prompts read from."""
    monkeypatch.setattr("sys.stdin", StringIO("a heron in the reeds\n"))


def test_a_group_without_a_command_prints_its_help() -> None:
    done = run("website")

    assert done.returncode == 2
    assert "Add a website." in done.stdout
    assert done.stderr == ""


def test_a_declined_confirmation_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run("website", "add", "https://example.org")
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))

    done = run("website", "remove", "1")

    assert (done.returncode, done.stderr) == (1, "watchwright: Cancelled.\n")
