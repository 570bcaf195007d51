"""When an error budget is being spent too fast: burn rates over a long and a short window, as the Google SRE workbook
says (chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"). Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """A pair of windows and the rate from which on both must have been spending."""

    rate: float
    """How many times faster than the budget would last; 14.4 spends 2 % of a month's in an hour."""
    long: timedelta
    short: timedelta
    """Ends it soon after the failure does."""


BURNS = (
    Burn(rate=14.4, long=timedelta(hours=1), short=timedelta(minutes=5)),
    Burn(rate=6.0, long=timedelta(hours=6), short=timedelta(minutes=30)),
)
SPANS = tuple(sorted({span for burn in BURNS for span in (burn.long, burn.short)}))
"""The windows of which the share of available time is needed."""


def burn_rate(share: float | None, target: float) -> float:
    """How many times too fast a budget is spent at *share* of available time, for *target* percent; 0 if unknown."""
    return 0.0 if share is None else (1 - share) / (1 - target / 100)


def spending(shares: Mapping[timedelta, float | None], target: float) -> Burn | None:
    """The gravest of `BURNS` that holds for the *shares* of available time over `SPANS`; None where none does."""
    for burn in BURNS:
        if all(burn_rate(shares[span], target) >= burn.rate for span in (burn.long, burn.short)):
            return burn
    return None


def sentence(burn: Burn, shares: Mapping[timedelta, float | None], target: float) -> str:
    """What is told of it."""
    rate, hours = burn_rate(shares[burn.long], target), burn.long.total_seconds() / 3_600
    span = "hour" if hours == 1 else f"{hours:.0f} hours"
    return f"Over the last {span} the error budget of {target:g} % was spent {rate:.1f} times too fast."
