"""What the server sends to the overview's list for each website."""

import json
from typing import Any

import pytest

from core.clock import utc_now
from core.services.statistics import StatusBucket
from dashboard.components.website_list import BEATS, Beat, Row, bucket_letter, run_lengths, share


def make_row(**overrides: Any) -> Row:
    given: dict[str, Any] = {
        "id": 7,
        "name": "Shop",
        "url": "https://shop.example/",
        "tags": [],
        "is_active": True,
        "beats": [Beat(letter="u", ms=100.0)],
        "error": None,
        "day": 10_000,
        "month": 9_990,
        "checked_at": 1_790_000_000,
        "down_since": None,
    } | overrides
    beats = given.pop("beats")
    row = Row(**given)
    row.add(beats)
    return row


@pytest.mark.parametrize(
    ("overrides", "status"),
    [
        ({}, "UP"),
        ({"is_active": False}, "PAUSED"),
        ({"beats": []}, "PENDING"),
        ({"beats": [Beat(letter="d", ms=None)]}, "FAILING"),
        ({"beats": [Beat(letter="d", ms=None)], "down_since": 1_790_000_000}, "DOWN"),
        ({"beats": [Beat(letter="u", ms=90.0)], "down_since": 1_790_000_000}, "DOWN"),
        ({"beats": [Beat(letter="g", ms=900.0)]}, "DEGRADED"),
    ],
)
def test_each_state_has_its_status(overrides: dict[str, Any], status: str) -> None:
    assert make_row(**overrides).status == status


@pytest.mark.parametrize(("value", "told"), [(None, None), (1.0, 10_000), (0.99999, 9_999), (0.0, 0)])
def test_a_share_is_never_rounded_up_to_100_percent(value: float | None, told: int | None) -> None:
    assert share(value) == told


def test_equal_beats_are_run_length_encoded() -> None:
    row = make_row(beats=[*[Beat(letter="u", ms=1.0)] * 58, Beat(letter="d", ms=None), Beat(letter="u", ms=1.0)])

    assert row.wire()[4] == "u58du"


def test_levels_are_relative_to_the_slowest_response() -> None:
    row = make_row(beats=[Beat(letter="u", ms=0.0), Beat(letter="d", ms=None), Beat(letter="u", ms=700.0)])

    assert row.wire()[5:7] == ["0-z", 700]


def test_a_new_beat_replaces_the_oldest() -> None:
    row = make_row(beats=[Beat(letter="d", ms=None), *[Beat(letter="u", ms=1.0)] * (BEATS - 1)])

    row.add([Beat(letter="u", ms=2.0)])

    assert row.wire()[4] == f"u{BEATS}"


def test_a_check_takes_less_than_a_hundred_bytes() -> None:
    row = make_row(id=99_999, beats=[Beat(letter="u", ms=12_345.6)] * BEATS, down_since=1_790_000_000)

    assert len(json.dumps(row.check_wire())) < 100


def test_the_certificate_is_sent_with_the_row_only() -> None:
    row = make_row(certificate_day=20_800)

    assert row.wire()[-1] == 20_800
    assert 20_800 not in row.check_wire()


@pytest.mark.parametrize(
    ("seconds", "letter"),
    [
        ({"unknown": 60.0}, "x"),
        ({"up": 60.0}, "u"),
        ({"up": 59.0, "down": 1.0}, "p"),
        ({"up": 1.0, "down": 1.0, "unknown": 500.0}, "d"),
        ({"up": 50.0, "degraded": 10.0}, "h"),
        ({"degraded": 60.0}, "g"),
        ({"degraded": 59.0, "down": 1.0}, "p"),
    ],
)
def test_a_buckets_letter_is_that_of_its_worst_status(seconds: dict[str, float], letter: str) -> None:
    nothing = {"up": 0.0, "degraded": 0.0, "down": 0.0, "unknown": 0.0}

    assert bucket_letter(StatusBucket(started_at=utc_now(), **(nothing | seconds))) == letter


def test_runs_have_a_count_if_longer_than_one() -> None:
    assert run_lengths("uuudx") == "u3dx"
