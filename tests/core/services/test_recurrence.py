"""A rule recurs the same from every starting point."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from core.services.recurrence import moments, starts

FIRST = datetime(2024, 2, 29, 2, 30)  # noqa: DTZ001 - wall clock time
LATER = FIRST + timedelta(days=700)

RULES = [
    "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=HOURLY;INTERVAL=7",
    "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=WEEKLY;COUNT=120", "FREQ=DAILY;UNTIL=20260210T000000", "FREQ=YEARLY",
    "FREQ=WEEKLY;BYDAY=MO,SU;WKST=SU;INTERVAL=3", "FREQ=DAILY;BYMONTH=1",
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_search_from_a_later_start_finds_the_same_occurrences(rule: str) -> None:
    until = LATER + timedelta(days=400)

    found = starts(rule, FIRST, LATER, until)

    assert found == list(rrulestr(rule, dtstart=FIRST).between(LATER, until, inc=True))


def test_no_occurrence_is_before_the_first_start() -> None:
    assert starts("FREQ=DAILY", FIRST, FIRST - timedelta(days=9), FIRST + timedelta(days=1)) == [
        FIRST,
        FIRST + timedelta(days=1),
    ]


@pytest.mark.parametrize(("until", "count"), [("99991231T235959Z", 3), ("00010101T000000Z", 0)])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_an_end_at_a_skipped_local_time_is_observed(zone: str, until: str, count: int) -> None:
    first = datetime(2026, 11, 24, 3, tzinfo=UTC)

    found = moments(f"FREQ=DAILY;UNTIL={until}", first, ZoneInfo(zone), since=first, until=first + timedelta(days=2))

    assert len([moment for moment in found if moment <= first + timedelta(days=2)]) == count
