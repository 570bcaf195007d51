"""Trials evaluate response times, budgets and unsteadiness of the past."""

from datetime import timedelta

import pytest

from core.notifications.trial import ConditionSpan
from core.notifications.trial_conditions import burn_spells, slow_spells, unsteady_spells
from tests.core.notifications.test_trial import spell
from tests.factories import at

MINUTE = timedelta(minutes=1)


def test_adjacent_slow_spans_are_one_spell() -> None:
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
def test_downtime_becomes_spells_of_a_fast_burning_budget(
    windows: list[ConditionSpan], target: float, count: int
) -> None:
    assert len(burn_spells(windows, target, at(40_000))) == count


def test_a_spell_ends_after_the_short_window() -> None:
    (burning,) = burn_spells([spell(0, 600)], 99.9, at(40_000))

    assert burning.began_at == at(60)
    assert burning.ended_at is not None and at(600) < burning.ended_at <= at(2_400)


@pytest.mark.parametrize(
    ("minutes", "percent", "windows", "resting", "spells"),
    [
        ([5, 10], 5, [], [], []),
        ([5, 10, 15], 5, [], [], [(15, 68)]),
        ([5, 10, 15, 60, 70], 5, [], [], [(15, 118)]),
        ([5, 10, 15, 100, 110, 120], 5, [], [], [(15, 68), (120, 168)]),
        ([5, 35, 70], 5, [], [], []),
        ([5, 10, 15], 10, [], [], []),
        ([5, 10, 15, 20, 25, 30], 10, [], [], [(30, 77)]),
        ([5, 10, 15], 5, [(11, 12)], [], []),
        ([5, 10, 15, 72, 74, 76], 5, [(60, 70)], [], [(15, 132)]),
        ([5, 10, 15], 5, [], [(8, 12)], []),
        ([5, 10, 15], 5, [], [(12, 13)], []),
        ([5, 10, 15, 40, 45], 5, [], [(20, 30)], [(15, 20)]),
    ],
    ids=[
        "two are not",
        "three are",
        "it goes on",
        "again",
        "too far from each other",
        "three are five in a hundred",
        "six are ten",
        "it was down between",
        "downtime ends none",
        "in maintenance",
        "mended by maintenance",
        "maintenance ends it",
    ],
)
def test_failures_become_spells_of_unsteadiness(
    minutes: list[int],
    percent: int,
    windows: list[tuple[int, int]],
    resting: list[tuple[int, int]],
    spells: list[tuple[int, int]],
) -> None:
    found = unsteady_spells(
        1,
        [at(60 * minute) for minute in minutes],
        every=MINUTE,
        percent=percent,
        windows=[spell(60 * start, 60 * end) for start, end in windows],
        resting=[(at(60 * start).timestamp(), at(60 * end).timestamp()) for start, end in resting],
    )

    assert found == [spell(60 * start, 60 * end) for start, end in spells]
