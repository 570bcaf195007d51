"""Imported files show the figures that their programs show."""

import json
from dataclasses import dataclass

import pytest

from core.debugging.har.importing import from_har
from core.debugging.waterfall import Exchange, rows
from core.models import NetworkEvent, NetworkEventType
from tests.core.debugging.har_dialects import CHARLES, CHROME, FIREFOX, PLAYWRIGHT, SAFARI, HarDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The totals that a network panel shows; times in ms."""

    requests: int
    transferred: int
    resources: int
    failed: int
    finish: float
    milestones: dict[str, float] | None


def figures_of(har: HarDict) -> Figures:
    read, shown = from_har(json.dumps(har), website_id=1), exchanges_of(har)
    return Figures(
        requests=len(shown),
        transferred=sum(one.encoded_bytes or 0 for one in shown),
        resources=sum(one.decoded_bytes or 0 for one in shown),
        failed=sum(one.is_failed for one in shown),
        finish=max(one.started_ms + (one.duration_ms or 0) for one in shown),
        milestones=read.session.milestones,
    )


def exchanges_of(har: HarDict) -> list[Exchange]:
    read = from_har(json.dumps(har), website_id=1)
    return rows(NetworkEvent(**event.model_dump()) for event in read.events)


@pytest.mark.parametrize(
    ("har", "figures"),
    [
        pytest.param(
            CHROME,
            Figures(
                requests=4,
                transferred=3_220,
                resources=10_220,
                failed=2,
                finish=700.0,
                milestones={"dom_content_loaded": 310.5, "load": 590.25},
            ),
            id="chrome",
        ),
        pytest.param(
            FIREFOX,
            Figures(
                requests=3,
                transferred=3_100,
                resources=10_200,
                failed=1,
                finish=300.0,
                milestones={"dom_content_loaded": 300.0, "load": 580.0},
            ),
            id="firefox",
        ),
        pytest.param(
            SAFARI,
            Figures(
                requests=3,
                transferred=3_100,
                resources=10_200,
                failed=1,
                finish=300.0,
                milestones={"dom_content_loaded": 320.0, "load": 600.0},
            ),
            id="safari",
        ),
        pytest.param(
            CHARLES,
            Figures(requests=2, transferred=3_160, resources=9_010, failed=1, finish=380.0, milestones=None),
            id="charles",
        ),
    ],
)
def test_sizes_equal_those_that_the_writing_program_shows(har: HarDict, figures: Figures) -> None:
    assert figures_of(har) == figures


@pytest.mark.parametrize(
    ("har", "source"), [(CHROME, "memory"), (FIREFOX, "browser"), (SAFARI, "disk")], ids=["chrome", "firefox", "safari"]
)
def test_a_response_from_a_cache_names_it(har: HarDict, source: str) -> None:
    page, picture = exchanges_of(har)[:2]

    assert (page.from_cache, picture.from_cache, picture.encoded_bytes or 0) == (None, source, 0)


@pytest.mark.parametrize(
    "har",
    [CHROME, FIREFOX, SAFARI, CHARLES, PLAYWRIGHT],
    ids=["chrome", "firefox", "safari", "charles", "playwright"],
)
def test_phases_add_up_to_the_total_time(har: HarDict) -> None:
    page = exchanges_of(har)[0]

    assert page.phases.total_ms == pytest.approx(page.duration_ms)
    assert page.phases.tls_ms
    assert page.phases.connect_ms


def test_a_script_with_status_404_has_a_response() -> None:
    gone = exchanges_of(CHROME)[2]

    assert (gone.outcome, gone.status_code, gone.error_message) == (NetworkEventType.RESPONSE, 404, None)


def test_the_reason_of_a_failure_comes_from_the_file() -> None:
    chrome, safari, charles = exchanges_of(CHROME)[3], exchanges_of(SAFARI)[2], exchanges_of(CHARLES)[1]

    assert chrome.error_message == "It failed (ERR_FAILED)."
    assert safari.error_message == "A server with the specified hostname could not be found."
    assert charles.error_message == "Charles did not see the end of it (EXCEPTION)."


def test_an_error_of_playwright_is_put_into_words() -> None:
    refused = exchanges_of(PLAYWRIGHT)[1]

    assert refused.outcome is NetworkEventType.ERROR
    assert refused.error_message == "The connection was refused: nothing listens there (ERR_CONNECTION_REFUSED)."


def test_messages_of_playwright_have_their_time_in_milliseconds() -> None:
    read = from_har(json.dumps(PLAYWRIGHT), website_id=1)

    (message,) = (read.events[-1].details or {})["messages"]
    assert message["offset_ms"] == pytest.approx(450.0)


@pytest.mark.parametrize(
    ("har", "address", "connection"),
    [
        (CHROME, "203.0.113.7:443", "12"),
        (FIREFOX, "[2001:db8::7]:443", None),
        (CHARLES, "203.0.113.7", None),
        (PLAYWRIGHT, "[2001:db8::7]:443", None),
    ],
    ids=["chrome", "firefox", "charles", "playwright"],
)
def test_the_servers_port_is_no_connection_id(har: HarDict, address: str, connection: str | None) -> None:
    page = exchanges_of(har)[0]

    assert (page.remote_address, page.connection_id) == (address, connection)


@pytest.mark.parametrize(
    ("program", "time", "connect", "ssl", "expected"),
    [
        ("Playwright", 225, 100, 60, (40, 60, 165)),  # counts TLS twice
        ("Playwright", 165, 100, 60, (40, 60, 165)),
        ("Playwright", 176, 50, 61, (50, None, 115)),  # without TLS
        ("Firefox", 165, 40, 60, (40, 60, 165)),
        ("mitmproxy", 166, 40, 60, (40, 60, 166)),
        ("mitmproxy", 225, 100, 60, (100, 60, 225)),
        ("WebInspector", 165, 100, 60, (40, 60, 165)),
        ("WebInspector", 205, 100, 60, (40, 60, 205)),  # 40 ms are in no phase
        ("WebInspector", 165, 100, 1, (99, 1, 165)),
    ],
)
def test_tls_is_counted_once(
    program: str, time: float, connect: float, ssl: float, expected: tuple[float, float | None, float]
) -> None:
    entry = {
        "startedDateTime": "2026-11-24T03:00:00.000Z",
        "time": time,
        "request": {"method": "GET", "url": "https://a.test/"},
        "response": {"status": 200},
        "timings": {"dns": 20, "connect": connect, "ssl": ssl, "send": 0, "wait": 40, "receive": 5},
    }

    (read,) = exchanges_of({"log": {"creator": {"name": program, "version": "1"}, "entries": [entry]}})

    assert (read.phases.connect_ms, read.phases.tls_ms, read.duration_ms) == expected
