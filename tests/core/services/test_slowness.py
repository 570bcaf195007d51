"""Counting decides whether a percentile exceeds a limit."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.services.slowness import Slowness, slow_spans, slowness
from tests.factories import at, make_check, make_website


@pytest.mark.parametrize(
    ("checks", "over", "is_slow"),
    [(100, 5, False), (100, 6, True), (20, 1, False), (20, 2, True), (3, 1, True), (2, 2, False), (0, 0, False)],
)
def test_the_95th_percentile_is_the_nearest_rank(checks: int, over: int, is_slow: bool) -> None:
    times = sorted([2.0] * over + [1.0] * (checks - over))

    assert Slowness(checks=checks, over=over).is_slow is is_slow
    if checks >= 3:
        assert is_slow is (times[-(-95 * checks // 100) - 1] > 1.0)


def test_checks_are_counted_by_span_and_website(store: Session) -> None:
    shop, other = make_website(store), make_website(store)
    for second, ms in ((0, 100.0), (30, 900.0), (59, None), (60, 900.0), (119, 900.0), (120, 900.0)):
        make_check(store, shop, checked_at=at(second), response_time_ms=ms)
    make_check(store, other, checked_at=at(10), response_time_ms=100.0)

    found = slow_spans(store, [shop.id, other.id], 500, since=at(0), until=at(120), width=timedelta(minutes=1))
    whole = slowness(store, [shop.id], 500, since=at(0), until=at(120))

    assert found == {
        (shop.id, at(0)): Slowness(checks=2, over=1),
        (shop.id, at(60)): Slowness(checks=2, over=2),
        (other.id, at(0)): Slowness(checks=1, over=0),
    }
    assert whole == {shop.id: Slowness(checks=4, over=3)}
