"""The command as scripts use it: exit codes, one sentence on standard error, JSON."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.command import run
from tests.sites.flaky import FlakySite
from tests.sites.serving import port_of, refusing

COMMAND = Path(sys.executable).with_name("watchwright")


pytestmark = pytest.mark.usefixtures("own_data_dir")


def run_as_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a separate process, as a script does."""
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


def test_a_website_that_is_up_exits_0_and_shows_its_phases() -> None:
    with FlakySite() as site:
        done = run_as_process("check", site.url)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"UP  {site.url}  200 http/1.1")
    assert all(phase in done.stdout for phase in ("DNS", "Connect", "First byte", "Download", "Total"))


def test_a_website_that_is_down_exits_1_with_the_reason() -> None:
    with refusing() as holder:
        port = port_of(holder)
        done = run("check", f"http://127.0.0.1:{port}/", "--json")

    assert done.returncode == 1
    facts = json.loads(done.stdout)
    assert (facts["status"], facts["error_kind"]) == ("DOWN", "connect_refused")
    assert facts["reason"] == f"127.0.0.1 refused the connection on port {port}."
    assert datetime.fromisoformat(facts["started_at"]).isoformat() == facts["started_at"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "ftp://example.org"), "watchwright: The URL must start with http:// or https://"),
        (
            ("check", "http://127.0.0.1/", "--timeout", "0"),
            "watchwright: The timeout must be between 1 and 300 seconds",
        ),
        (
            ("website", "add", "https://a.example", "--interval", "1"),
            "watchwright: --interval: The check interval",
        ),
    ],
)
def test_bad_input_exits_2_with_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert done.stderr.startswith(words)
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_file_name_that_is_too_long_exits_2_with_one_sentence(command: str) -> None:
    run("website", "list")

    done = run(command, "x" * 256)

    assert (done.returncode, done.stderr) == (
        2,
        f"watchwright: The name {'x' * 256} is too long. Give a shorter one.\n",
    )


def test_bytes_that_are_no_text_exit_2() -> None:
    done = run_as_process("website", "list", "--tag", "\udcff")

    assert done.returncode == 2
    assert done.stderr == "watchwright: The command line contains bytes that are not UTF-8 text.\n"


def test_an_invalid_port_exits_2() -> None:
    done = run_as_process("serve", "--port", "99999")

    assert done.returncode == 2
    assert done.stderr == "watchwright: --port: Must be 65535 or less.\n"


def test_websites_are_added_listed_paused_and_removed() -> None:
    added = run("website", "add", "https://example.org", "--name", "Ours", "--interval", "30")
    again = run("website", "add", "https://example.org/")
    paused = run("website", "pause", "https://example.org")
    listed = run("website", "list", "--json")
    removed = run("website", "remove", "1", "--yes")
    gone = run("website", "resume", "1")

    assert added.stdout == "Added Ours as website 1, checked every 30 s.\n"
    assert (again.returncode, again.stderr) == (1, "watchwright: https://example.org/ already exists.\n")
    assert paused.returncode == 0
    (website,) = json.loads(listed.stdout)
    assert (website["url"], website["timeout"], website["is_active"]) == ("https://example.org", 10, False)
    assert removed.returncode == 0
    assert gone.returncode == 1


def test_the_store_is_upgraded_and_downgraded() -> None:
    before = run("db", "current")
    upgraded = run("db", "upgrade")
    current = run("db", "current")
    down = run("db", "downgrade", "001")
    unknown = run("db", "upgrade", "nonsense")

    assert before.returncode == 1
    assert upgraded.returncode == 0, upgraded.stderr
    assert current.returncode == 0
    assert down.stdout == "The database is at 001.\n"
    assert unknown.returncode == 2
    assert "nonsense" in unknown.stderr


def test_a_store_that_cannot_be_reached_exits_3_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", "postgresql://ann:hush@127.0.0.1:1/db")

    done = run("website", "list")

    assert done.returncode == 3
    assert "WATCHWRIGHT_DATABASE_URL" in done.stderr
    assert "hush" not in done.stderr + done.stdout


def test_a_port_that_is_taken_exits_3() -> None:
    with FlakySite() as site:
        done = run_as_process("serve", "--port", str(site.port))

    assert done.returncode == 3
    assert done.stderr.startswith(f"watchwright: Cannot listen on 127.0.0.1:{site.port}")


def test_help_and_version_are_there_without_a_store() -> None:
    assert "serve" in run_as_process("--help").stdout
    assert run("--version").stdout.startswith("watchwright ")


def test_a_website_is_added_with_tags_and_listed_by_one() -> None:
    run("website", "add", "https://a.example", "--tag", "Shop", "--tag", "eu")
    run("website", "add", "https://b.example")

    listed = run("website", "list", "--tag", "shop").stdout
    facts = json.loads(run("website", "list", "--json").stdout)

    assert "https://a.example  [eu, shop]" in listed
    assert "b.example" not in listed
    assert [website["tags"] for website in facts] == [["eu", "shop"], []]


def test_a_closed_pipe_is_not_a_failure() -> None:
    for number in range(3):
        run("website", "add", f"http://127.0.0.1:9/{number}")
    script = f"set -o pipefail; {COMMAND} website list --json | true"

    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's")
def test_a_full_disk_is_one_sentence() -> None:
    run("website", "list")

    with Path("/dev/full").open("w") as full:
        done = subprocess.run([COMMAND, "export"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (
        3,
        "watchwright: Cannot write the output: No space left on device.\n",
    )
