"""`watchwright export` and `watchwright apply`, on the local store and on a server."""

import re
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from core.errors import InvalidInput, NotAllowed, StoreError, UnusableConfiguration
from dashboard.command_line.app import app
from dashboard.commands.server import Server

FILE = """\
name: team
websites:
  - url: https://a.example/
    check_interval: {interval}
    check_options: {{bearer_token: {{env: A_TOKEN}}}}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("A_TOKEN", "hush")
    path = tmp_path / "watch.yaml"
    path.write_text(FILE.format(interval=30))
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_file_is_dry_run_applied_and_applied_again(file: Path) -> None:
    tried = run("apply", str(file), "--dry-run", "--exit-code")
    done = run("apply", str(file))
    again = run("apply", str(file), "--dry-run", "--exit-code")
    exported = run("export")

    assert (tried.exit_code, done.exit_code, again.exit_code) == (1, 0, 0), tried.output
    assert "+ website https://a.example/" in tried.output and "Nothing was changed" in tried.output
    assert "Applied: 1 added." in done.output
    assert "No changes" in again.output
    assert "bearer_token: '[redacted]'" in exported.output and "hush" not in exported.output


def test_errors_in_a_file_name_their_line(file: Path) -> None:
    file.write_text(FILE.format(interval=2))

    refused = run("apply", str(file))

    assert isinstance(refused.exception, InvalidInput)
    assert f"{file}:4: websites[0].check_interval: The check interval must be" in str(refused.exception)


def test_errors_are_listed_in_file_order(file: Path) -> None:
    file.write_text("websites:\n- url: a\n  intervall: 5\n  check_options:\n    metod: GET\nrule: []\nname: ''\n")

    refused = run("apply", str(file))

    assert str(refused.exception).splitlines()[1:] == [
        f"{file}:2: websites[0].url: The URL must start with http:// or https://, such as https://example.com.",
        f"{file}:3: websites[0].intervall: There is no field intervall. Did you mean check_interval?",
        f"{file}:5: websites[0].check_options.metod: There is no field metod. Did you mean method?",
        f"{file}:6: rule: There is no field rule. Did you mean rules?",
        f"{file}:7: name: This is required.",
    ]


def test_a_hyphen_is_standard_output(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)

    exported = run("export", "-")

    assert "version: 1" in exported.output and not Path("-").exists()


def test_a_server_needs_a_token(file: Path) -> None:
    refused = run("apply", str(file), "--server", "https://watch.example")

    assert isinstance(refused.exception, InvalidInput) and "--token" in str(refused.exception)


@pytest.mark.parametrize(
    ("url", "token", "kind"),
    [
        ("https://watch..example", "ww_x", StoreError),
        ("https://watch.example:port", "ww_x", StoreError),
        ("https://watch.example", "ww_é", InvalidInput),
    ],
)
def test_connection_errors_are_one_sentence(url: str, token: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        Server(url, token).get("configuration", {})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"detail": "Sign in."}, NotAllowed),
        (422, {"detail": "No.", "errors": [{"pointer": "/websites/0/url", "detail": "No."}]}, UnusableConfiguration),
        (409, {"detail": "There already."}, InvalidInput),
        (503, {"detail": "The store is away."}, StoreError),
        (200, None, StoreError),
        (404, ["No."], StoreError),
    ],
)
def test_a_servers_error_is_printed(
    monkeypatch: pytest.MonkeyPatch, status: int, body: object, kind: type[Exception]
) -> None:
    answer = httpx.Response(status, json=body) if body else httpx.Response(status, text="<html>")
    monkeypatch.setattr(httpx, "request", lambda *_given, **_named: answer)

    with pytest.raises(kind):
        Server("https://watch.example", "ww_x").get("configuration", {})


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (413, "https://watch.example/api/v1/ is behind a proxy that rejects requests of this size"),
        (502, "https://watch.example/api/v1/ is behind a proxy that gets no response (502)"),
        (404, "https://watch.example/api/v1/ is not a Watchwright API: it returned 404"),
    ],
)
def test_a_proxys_error_is_explained(monkeypatch: pytest.MonkeyPatch, status: int, words: str) -> None:
    answer = httpx.Response(status, text="<html>nginx</html>")
    monkeypatch.setattr(httpx, "request", lambda *_given, **_named: answer)

    with pytest.raises(StoreError, match=re.escape(words)):
        Server("https://watch.example", "ww_x").get("configuration", {})


@pytest.mark.parametrize("text", ["", "\n", "# all of it is a comment\n", "---\n"])
def test_an_empty_file_deletes_nothing(file: Path, text: str) -> None:
    run("apply", str(file))
    (file.parent / "empty.yaml").write_text("name: team\n")
    meant = run("apply", str(file.parent / "empty.yaml"), "--prune", "--dry-run")
    file.write_text(text)

    refused = run("apply", str(file), "--prune")

    assert "- website https://a.example/" in meant.output
    assert isinstance(refused.exception, InvalidInput)
    assert str(refused.exception) == f"{file} is empty. A configuration has at least a name or a version."
