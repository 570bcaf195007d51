"""Rules on response times and error budgets are tried on what has happened."""

from datetime import timedelta

import pytest

from core.notifications.trial_conditions import burns, runs
from tests.core.notifications.test_trial import Window
from tests.factories import at

MINUTE = timedelta(minutes=1)


def test_of_slow_spans_one_after_the_other_the_first_is_told() -> None:
    slow = [(1, at(0)), (1, at(60)), (1, at(180)), (2, at(60))]

    assert runs(slow, MINUTE) == 3
    assert runs([], MINUTE) == 0


@pytest.mark.parametrize(
    ("windows", "target", "count"),
    [
        ([Window(at(0), at(30))], 99.9, 0),
        ([Window(at(0), at(120))], 99.9, 1),
        ([Window(at(0), at(120))], 99, 0),
        ([Window(at(0), at(7_200))], 99.9, 1),
        ([Window(at(0), at(600)), Window(at(36_000), at(36_600))], 99.9, 2),
        ([Window(at(0), at(600)), Window(at(0), at(600), 2)], 99.9, 2),
        ([Window(at(0), None)], 99, 1),
        ([Window(at(0), at(600)), Window(at(620), at(1_200))], 99.9, 1),
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
def test_a_budget_that_would_have_been_spent_too_fast(windows: list[Window], target: float, count: int) -> None:
    assert burns(windows, target, at(40_000)) == count
