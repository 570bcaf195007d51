"""Detects that an error budget burns too fast, by burn rates over a long and a short window. Pure.

Source: the Google SRE workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """A pair of windows and the burn rate that both must reach."""

    rate: float
    """How many times faster than sustainable; 14.4 spends 2% of a month's budget in an hour."""
    long: timedelta
    short: timedelta
    """Ends the condition soon after the failure."""


BURNS = (
    Burn(rate=14.4, long=timedelta(hours=1), short=timedelta(minutes=5)),
    Burn(rate=6.0, long=timedelta(hours=6), short=timedelta(minutes=30)),
)
SPANS = tuple(sorted({span for burn in BURNS for span in (burn.long, burn.short)}))
"""The windows for which the share of available time is needed."""


def burn_rate(share: float | None, target: float) -> float:
    """Return the burn rate at *share* of available time for a *target* in percent; 0 if the share is unknown."""
    return 0.0 if share is None else (1 - share) / (1 - target / 100)


def spending(shares: Mapping[timedelta, float | None], target: float) -> Burn | None:
    """Return the most severe of `BURNS` that the *shares* over `SPANS` reach; None if none."""
    for burn in BURNS:
        if all(burn_rate(shares[span], target) >= burn.rate for span in (burn.long, burn.short)):
            return burn
    return None


def sentence(burn: Burn, shares: Mapping[timedelta, float | None], target: float) -> str:
    """Return the sentence that notifications show."""
    rate, hours = burn_rate(shares[burn.long], target), burn.long.total_seconds() / 3_600
    span = "hour" if hours == 1 else f"{hours:.0f} hours"
    return f"Over the last {span} the error budget of {target:g}% burned {rate:.1f} times too fast."
