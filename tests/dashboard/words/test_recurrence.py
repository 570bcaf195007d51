"""What the form offers recurs as its words say, and a stored rule has the same words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.services.recurrence import starts
from dashboard.words.recurrence import describe, matching, presets, span_words

SUNDAY = datetime(2026, 3, 29, 2)  # noqa: DTZ001 - wall clock time
YEAR = datetime(2026, 12, 31)  # noqa: DTZ001 - wall clock time


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (None, "Once"),
        ("FREQ=DAILY", "Every day"),
        ("RRULE:BYDAY=SU;FREQ=WEEKLY", "Every Sunday"),
        ("FREQ=WEEKLY;INTERVAL=1", "Every Sunday"),
        ("FREQ=WEEKLY;INTERVAL=2", "Every second Sunday"),
        ("FREQ=MONTHLY", "Every month on day 29"),
        ("FREQ=MONTHLY;BYDAY=-1SU", "Every month on the last Sunday"),
        ("FREQ=YEARLY", "By the rule FREQ=YEARLY"),
        ("FREQ=WEEKLY;BYDAY=TU", "Every Tuesday"),
        ("FREQ=DAILY;UNTIL=20261301", "By the rule FREQ=DAILY;UNTIL=20261301"),
        ("FREQ=DAILY;INTERVAL=a", "By the rule FREQ=DAILY;INTERVAL=a"),
        ("FREQ=WEEKLY;BYDAY=TU,FR;INTERVAL=2", "Every second week on Tuesday and Friday"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "Every 3 days, 5 times in all"),
        ("FREQ=DAILY;UNTIL=20261201T000000Z", "Every day, until 1 Dec 2026"),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "Every day"),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=99991231", "Every 3 days"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15,-1", "Every month on day 1, day 15 and the last day"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", "By the rule FREQ=MONTHLY;BYMONTHDAY=-3"),
        ("FREQ=WEEKLY;BYDAY=TU;BYHOUR=3", "By the rule FREQ=WEEKLY;BYDAY=TU;BYHOUR=3"),
    ],
)
def test_rules_are_described(rule: str | None, words: str) -> None:
    assert describe(rule, SUNDAY) == words


@pytest.mark.parametrize("preset", [preset for preset in presets(SUNDAY) if preset.rule], ids=lambda preset: preset.key)
def test_presets_are_recognised_and_valid(preset: object) -> None:
    rule = preset.rule  # type: ignore[attr-defined]

    assert matching(rule, SUNDAY) == preset
    assert len(starts(rule, SUNDAY, SUNDAY, YEAR)) >= 7


@pytest.mark.parametrize(
    ("start", "zone", "words"),
    [
        (datetime(2026, 11, 29, 10, tzinfo=UTC), "Europe/Berlin", "Sun 29 Nov 2026, 11:00 to 12:00 CET"),
        (
            datetime(2026, 11, 29, 22, 30, tzinfo=UTC),
            "Europe/Berlin",
            "Sun 29 Nov 2026, 23:30 to Mon 30 Nov, 00:30 CET",
        ),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "Europe/Berlin", "Sun 31 Oct 2027, 02:30 CEST to 02:30 CET"),
        (datetime(2027, 3, 14, 6, 30, tzinfo=UTC), "America/New_York", "Sun 14 Mar 2027, 01:30 EST to 03:30 EDT"),
    ],
    ids=["an hour", "over midnight", "clocks go back", "clocks go forward"],
)
def test_a_span_is_in_its_zone(start: datetime, zone: str, words: str) -> None:
    assert span_words(start, start + timedelta(hours=1), ZoneInfo(zone)) == words
