"""Burn rates detect an error budget that is spent too fast."""

from datetime import timedelta

import pytest

from core.notifications.budget import BURNS, SPANS, burn_rate, sentence, spending

FIVE, HALF, ONE, SIX = SPANS


@pytest.mark.parametrize(
    ("shares", "rate"),
    [
        ((0.5, 0.95, 0.98, 0.999), 14.4),
        ((1.0, 0.95, 0.98, 0.99), 6.0),
        ((1.0, 1.0, 0.98, 0.99), None),
        ((0.0, 0.999, 0.999, 0.9999), None),
        ((None, None, None, None), None),
        ((0.5, None, 0.98, None), 14.4),
    ],
    ids=["fast", "slowly, and for long", "it is over", "a moment", "nothing known", "a new website"],
)
def test_both_windows_of_a_pair_must_exceed_the_rate(shares: tuple[float | None, ...], rate: float | None) -> None:
    burn = spending(dict(zip(SPANS, shares, strict=True)), 99.9)

    assert (burn.rate if burn else None) == rate


def test_the_windows_match_the_workbook() -> None:
    assert (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=6)) == SPANS


def test_the_burn_rate_is_relative_to_the_budget() -> None:
    assert burn_rate(0.99, 99.9) == pytest.approx(10.0)
    assert burn_rate(None, 99.9) == 0.0


def test_the_sentence_names_the_span_and_the_rate() -> None:
    shares = {FIVE: 0.0, HALF: 0.5, ONE: 0.98, SIX: 0.99}

    assert sentence(BURNS[0], shares, 99.9) == (
        "Over the last hour the error budget of 99.9% burned 20.0 times too fast."
    )
    assert sentence(BURNS[1], shares, 99.5).startswith("Over the last 6 hours the error budget of 99.5%")
