"""Sketches are small, can be added, and give percentiles within their accuracy."""

from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.services import sketch
from core.services.sketch import ACCURACY

MILLISECONDS = st.lists(st.floats(0.01, 600_000), min_size=1, max_size=200)


@given(MILLISECONDS, st.floats(0.001, 1))
def test_percentiles_are_within_the_accuracy(values: list[float], share: float) -> None:
    found = sketch.quantile(sketch.of(values), share)

    assert found == pytest.approx(sorted(values)[max(ceil(share * len(values)), 1) - 1], rel=ACCURACY + 1e-9)


@given(MILLISECONDS, MILLISECONDS)
def test_two_added_sketches_equal_that_of_all_values(one: list[float], other: list[float]) -> None:
    added = sketch.of(one)
    sketch.add(added, sketch.pack(sketch.of(other)))

    assert added == sketch.of(one) + sketch.of(other) == sketch.of([*one, *other])


@given(MILLISECONDS)
def test_values_added_one_by_one_equal_the_sketch_of_all(values: list[float]) -> None:
    noted = sketch.of([])
    for value in values:
        sketch.note(noted, value)

    assert noted == sketch.of(values)


@given(MILLISECONDS)
def test_packing_loses_no_value(values: list[float]) -> None:
    added = sketch.of([])
    sketch.add(added, sketch.pack(sketch.of(values)))

    assert added == sketch.of(values)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 65_535, 65_536, 1 << 31], ids=str)
def test_counts_of_any_size_are_packed(count: int) -> None:
    counted = Counter({-400: 1, 1_500: count})

    added = Counter({1_500: 7})
    sketch.add(added, sketch.pack(counted))

    assert added == counted + Counter({1_500: 7})


def test_an_empty_sketch_has_no_percentile() -> None:
    assert sketch.quantile(sketch.of([]), 0.5) is None


def test_a_response_time_of_zero_is_counted() -> None:
    assert sketch.quantile(sketch.of([0.0]), 0.5) == pytest.approx(sketch.MIN_MS, rel=ACCURACY)
