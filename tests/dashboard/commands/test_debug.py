"""`watchwright debug`."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.models import NetworkEventType
from dashboard.commands.debug import print_exchanges, print_findings
from dashboard.words.finding import next_step
from tests.command import run
from tests.core.debugging.test_compare import make_exchange


def test_a_har_file_that_cannot_be_written_is_refused_before_the_browser_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_BROWSER_EXECUTABLE", str(tmp_path / "no-browser"))
    file = tmp_path / "nowhere" / "session.har"

    done = run("debug", "http://127.0.0.1:1/", "--har", str(file))

    assert done.returncode == 2
    assert done.stderr == f"watchwright: {file} cannot be written: No such file or directory.\n"


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_cuts_the_urls_and_no_figures(width: int) -> None:
    told = shown(Console(file=StringIO(), width=width, force_terminal=True, color_system=None))

    assert "1.23 s" in told and "document" in told and "1,234" in told
    assert max(map(len, told.splitlines())) <= width


def test_output_to_a_file_has_full_lines() -> None:
    told = shown(Console(file=StringIO(), width=80))

    (row,) = [line for line in told.splitlines() if "1.23 s" in line]
    assert row.endswith(f"{LONG}  (The server closed the connection.)")
    assert all(line == line.rstrip() for line in told.splitlines()), "a log would wrap the blanks"


def test_standard_output_takes_only_har_or_json() -> None:
    done = run("debug", "http://127.0.0.1:1/", "--har", "-", "--json")

    assert done.returncode == 2 and "not both" in done.stderr


def test_findings_say_how_certain_they_are_and_what_to_do_next() -> None:
    drawn = StringIO()
    refused = make_finding(Kind.CONNECT_REFUSED, Confidence.HIGH, "shop.example refuses\x1b[2J connections.")
    noted = make_finding(Kind.RESOURCE_FAILED, Confidence.NOTE, "A picture is missing.")

    print_findings([refused, noted], Console(file=drawn))

    assert drawn.getvalue().splitlines() == [
        "Certain: shop.example refuses�[2J connections.",
        f"  Next: {next_step(Kind.CONNECT_REFUSED)}",
        "Notable: A picture is missing.",
    ]


def make_finding(kind: Kind, confidence: Confidence, sentence: str) -> Finding:
    return Finding(kind=kind, confidence=confidence, sentence=sentence, why="It was seen.")


LONG = f"http://127.0.0.1/{'a' * 200}"


@pytest.mark.parametrize(
    ("outcome", "word"),
    [(NetworkEventType.RESPONSE, "–"), (NetworkEventType.REQUEST, "pending"), (NetworkEventType.ERROR, "error")],
)
def test_an_exchange_without_a_status_says_how_it_stands(outcome: NetworkEventType, word: str) -> None:
    drawn = StringIO()

    print_exchanges([make_exchange(status_code=None, outcome=outcome)], Console(file=drawn))

    assert f" {word} " in drawn.getvalue().splitlines()[1]


def shown(console: Console) -> str:
    exchange = make_exchange(
        url=LONG,
        started_ms=4,
        duration_ms=1_234,
        encoded_bytes=1_234,
        resource_type="document",
        error_message="The server closed the connection.",
    )
    print_exchanges([exchange], console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()
