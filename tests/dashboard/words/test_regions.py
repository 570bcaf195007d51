"""Regional results, in words and rows."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import MonitorStatus, Region
from core.monitoring.record import record
from core.monitoring.region_votes import region_votes
from core.services import region_checks
from dashboard.words.regions import heartbeat_words, quorum_words, region_rows, regions_words, seen_by, verdict
from tests.factories import NOON, at, make_website
from tests.probe_results import BAD, GOOD, judged_check


@pytest.mark.parametrize(
    ("regions", "quorum", "words"),
    [
        (["eu", "us", "ap"], None, "eu, us and ap; 2 of 3 must report it down"),
        (["eu", "us"], 1, "eu and us; 1 of 2 must report it down"),
        (["eu"], None, "eu"),
    ],
)
def test_regions_and_quorum_are_described(regions: list[str], quorum: int | None, words: str) -> None:
    assert regions_words(regions, quorum) == words


def test_regions_that_saw_a_window_are_described() -> None:
    down, up = MonitorStatus.DOWN, MonitorStatus.UP

    assert seen_by({"us": {up: 1}, "eu": {down: 12, up: 1}, "ap": {down: 1}}) == (
        "Seen by ap (1 check) and eu (12 checks); us (1 check) found no problem."
    )
    assert seen_by({}) == ""


def test_a_regions_last_report_is_described() -> None:
    known = [
        Region(name="ap", heard_at=None),
        Region(name="eu", heard_at=NOON),
        Region(name="us", heard_at=NOON, silent_since=at(-600)),
    ]

    assert heartbeat_words(known, NOON + timedelta(seconds=3)) == {
        "Region ap": "no report yet",
        "Region eu": "last report 3 s ago",
        "Region us": "no report for 10 min 3 s: none of its workers is able to check",
    }


def test_each_region_has_a_row_with_its_reason(store: Session) -> None:
    website = make_website(store, regions=["eu", "us", "ap"])
    record(store, [judged_check(website.id, 5 * number, BAD, region="eu") for number in range(3)])
    record(store, [judged_check(website.id, 20, GOOD, region="us")])

    told = region_votes(store, website, now=at(30))
    lines = region_checks.lines(store, website.id, since=at(0), until=at(60), count=6)
    counts = region_checks.found_by(store, website.id, since=at(0), until=at(60))

    assert told is not None
    assert [(row.region, row.status, row.word, row.response) for row in region_rows(told, lines)] == [
        ("eu", "DOWN", "Down", "120 ms"),
        ("us", "UP", "Up", "120 ms"),
        ("ap", "UNKNOWN", "No report yet", "–"),
    ]
    assert quorum_words(told) == "2 of 3 must report it down"
    assert verdict(told).endswith("Down in eu, up in us, no report from ap.")
    assert lines == {"eu": [120, 120, *[None] * 4], "us": [None, None, 120, *[None] * 3]}
    assert counts == {"eu": {MonitorStatus.DOWN: 3}, "us": {MonitorStatus.UP: 1}}
