"""Rules on response times and error budgets are tried on what has happened."""

from datetime import timedelta

import pytest

from core.notifications.trial import Spell
from core.notifications.trial_conditions import burn_spells, slow_spells
from tests.core.notifications.test_trial import spell
from tests.factories import at

MINUTE = timedelta(minutes=1)


def test_of_slow_spans_one_after_the_other_the_first_is_told() -> None:
    slow = [(1, at(0)), (1, at(60)), (1, at(180)), (2, at(60))]

    assert slow_spells(slow, MINUTE) == [spell(0, 120), spell(180, 240), spell(60, 120, 2)]
    assert slow_spells([], MINUTE) == []


@pytest.mark.parametrize(
    ("windows", "target", "count"),
    [
        ([spell(0, 30)], 99.9, 0),
        ([spell(0, 120)], 99.9, 1),
        ([spell(0, 120)], 99, 0),
        ([spell(0, 7_200)], 99.9, 1),
        ([spell(0, 600), spell(36_000, 36_600)], 99.9, 2),
        ([spell(0, 600), spell(0, 600, 2)], 99.9, 2),
        ([spell(0, None)], 99, 1),
        ([spell(0, 600), spell(620, 1_200)], 99.9, 1),
    ],
    ids=[
        "a moment",
        "two minutes",
        "two of a larger budget",
        "two hours are one",
        "two failures",
        "two websites",
        "it goes on",
        "soon again",
    ],
)
def test_a_budget_that_would_have_been_spent_too_fast(windows: list[Spell], target: float, count: int) -> None:
    assert len(burn_spells(windows, target, at(40_000))) == count


def test_a_spell_ends_when_the_short_window_is_over() -> None:
    (burning,) = burn_spells([spell(0, 600)], 99.9, at(40_000))

    assert burning.began_at == at(60)
    assert burning.ended_at is not None and at(600) < burning.ended_at <= at(2_400)
