"""A website flaps above the limit of changes per hour, until half as many are left."""

import pytest

from core.monitoring.flapping import flaps
from tests.factories import at


@pytest.mark.parametrize(
    ("count", "has_flapped", "expected"),
    [(6, False, False), (7, False, True), (4, True, True), (3, True, False)],
    ids=["as many as are borne", "one more", "not yet steady", "steady again"],
)
def test_changes_of_the_last_hour_are_counted(count: int, has_flapped: bool, expected: bool) -> None:
    edges = [at(-60 * number) for number in range(count)] + [at(-3_600), at(-4_000)]

    assert flaps(edges, at(0), 6, has_flapped=has_flapped) is expected


def test_a_limit_of_zero_disables_flapping() -> None:
    assert not flaps([at(-1)] * 50, at(0), 0, has_flapped=True)
