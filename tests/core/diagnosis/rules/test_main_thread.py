"""Scripts that keep the page from responding."""

from dataclasses import replace

import pytest

from core.debugging.long_tasks import SOURCE, BusyScript, busy_text
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.main_thread import main_thread
from core.diagnosis.session_facts import ConsoleFact, SessionFact
from tests.core.diagnosis.facts import check, evidence, session

BUSY = BusyScript(
    url="https://shop.example/checkout.3f9c21ab.js",
    function_name="buildCart",
    longest_at_ms=100.0,
    longest_ms=4_100.0,
    busy_ms=4_100.0,
    count=1,
)

HASHED = (("chunk.a1b2c3d4", 4_000.0), ("chunk.f9e8d7c6", 600.0))


def visit(*scripts: BusyScript, is_measured: bool = True) -> SessionFact:
    lines = [
        ConsoleFact(
            id=number, level="warning", source=SOURCE, text=busy_text(busy), url=busy.url, offset_ms=busy.longest_at_ms
        )
        for number, busy in enumerate(scripts)
    ]
    measured = {"total_blocking_time": sum(busy.busy_ms for busy in scripts)} if is_measured else {}
    return session(console=tuple(lines), milestones={"load": 300.0, "first_contentful_paint": 120.0, **measured})


def test_the_busiest_script_is_named() -> None:
    (one,) = main_thread(evidence(session=visit(BUSY), good_session=visit()))

    assert (one.kind, one.confidence) == (Kind.SLOW_SCRIPT, Confidence.LIKELY)
    assert one.sentence == (
        "The main thread was busy for 4.1 s with the script /checkout.3f9c21ab.js (function buildCart), "
        "so the page could not respond; when it worked, it took less than 0.5 s."
    )
    assert one.why.startswith("The browser measured one long task. The longest began 100 ms after the start.")
    assert [row.of for row in one.rows] == ["console"]


def test_a_script_in_the_page_and_layout_are_described() -> None:
    inline, layout = (replace(BUSY, url=url, function_name="") for url in ("https://shop.example/", None))

    (of_page,) = main_thread(evidence(session=visit(inline), good_session=visit()))
    (of_layout,) = main_thread(evidence(session=visit(layout), good_session=visit()))

    assert "with a script in the page itself, so" in of_page.sentence
    assert "with style and layout, so" in of_layout.sentence


@pytest.mark.parametrize(
    "usual_ms",
    [4_000.0, 1_100.0],
    ids=["as before", "grown by less than a machine's noise"],
)
def test_a_script_that_was_busy_before_is_not_reported(usual_ms: float) -> None:
    before = replace(BUSY, url="https://shop.example/checkout.77aa21ab.js", busy_ms=usual_ms)

    assert not list(main_thread(evidence(session=visit(BUSY), good_session=visit(before))))


def test_without_a_measured_good_session_it_is_a_note() -> None:
    found = [
        next(main_thread(evidence(session=visit(BUSY), good_session=good))) for good in (None, visit(is_measured=False))
    ]

    assert [one.confidence for one in found] == [Confidence.NOTE, Confidence.NOTE]
    assert all(one.sentence.endswith("so the page could not respond.") for one in found)


def test_it_does_not_explain_a_failed_check() -> None:
    (one,) = main_thread(evidence(session=visit(BUSY), good_session=visit(), checks=(check("status"),)))

    assert one.confidence is Confidence.NOTE


def test_scripts_whose_names_differ_by_a_hash_are_compared_with_the_busiest() -> None:
    chunks = [replace(BUSY, url=f"https://shop.example/{name}.js", busy_ms=ms) for name, ms in HASHED]

    assert not list(main_thread(evidence(session=visit(*chunks), good_session=visit(*chunks))))
