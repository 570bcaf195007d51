"""What the form offers recurs as its words say, and a stored rule is told in the same words."""

from datetime import datetime

import pytest

from core.services.recurrence import starts
from dashboard.recurrence_words import describe, matching, presets

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
    ],
)
def test_a_rule_in_words(rule: str | None, words: str) -> None:
    assert describe(rule, SUNDAY) == words


@pytest.mark.parametrize("preset", [preset for preset in presets(SUNDAY) if preset.rule], ids=lambda preset: preset.key)
def test_what_is_offered_is_recognised_and_recurs(preset: object) -> None:
    rule = preset.rule  # type: ignore[attr-defined]

    assert matching(rule, SUNDAY) == preset
    assert len(starts(rule, SUNDAY, SUNDAY, YEAR)) >= 7
