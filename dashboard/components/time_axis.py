"""The time axis of charts, in the reader's time zone, also across clock changes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

MAX_TICKS = 6  # that fit on a phone
STEPS = [
    *(timedelta(minutes=count) for count in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=count) for count in (1, 2, 3, 6, 12)),
    *(timedelta(days=count) for count in (1, 2, 7, 14, 28, 91)),
]
"""Distances between ticks, where Plotly cannot place them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """The axis from *since* to *until*.

    Plotly draws the digits it gets, so they are local times. If the clocks change between the two ends, local times
    would skip or repeat an hour, and lines would run backwards. All digits then use the offset of the end, and the
    ticks are labelled with the local times.
    """

    since: datetime
    until: datetime
    zone: tzinfo = UTC
    """The reader's time zone."""

    def place(self, moment: datetime) -> str:
        """Return the digits of *moment* on the axis."""
        return moment.astimezone(self._drawn).replace(tzinfo=None).isoformat()

    def moment(self, digits: str) -> datetime | None:
        """Return the instant of *digits* that Plotly reports; None if they are invalid."""
        try:
            return datetime.fromisoformat(digits.strip().replace(" ", "T")[:26]).replace(tzinfo=self._drawn)
        except ValueError:
            return None

    def drawn(self, **more: Any) -> dict[str, Any]:
        """Return the axis for Plotly's layout; *more* is merged into it."""
        axis: dict[str, Any] = {
            "type": "date",
            "range": [self.place(self.since), self.place(self.until)],
            "autorange": False,
            "showgrid": False,
            "gridcolor": "$hairline",
            "zeroline": False,
            "nticks": 9,
            "ticks": "outside",
            "ticklen": 6,  # separates the first label from the zero of the other axis
            "tickcolor": "rgba(0,0,0,0)",
            "hoverformat": "%a %-d %b %Y, %H:%M",
            "tickformatstops": [
                {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
                {"dtickrange": [60_000, 86_400_000], "value": "%H:%M\n%-d %b"},
                {"dtickrange": [86_400_000, "M1"], "value": "%-d %b"},
                {"dtickrange": ["M1", None], "value": "%b %Y"},
            ],
        }
        return axis | self._ticks() | more

    @property
    def _drawn(self) -> tzinfo:
        before, after = (moment.astimezone(self.zone).utcoffset() for moment in (self.since, self.until))
        return self.zone if before == after or after is None else timezone(after)

    def _ticks(self) -> dict[str, Any]:
        if self._drawn is self.zone:
            return {}
        step = next((step for step in STEPS if (self.until - self.since) / step <= MAX_TICKS), STEPS[-1])
        ticks = list(self._round(step))
        days = [None, *(tick.date() for tick in ticks)]
        return {
            "tickmode": "array",
            "tickvals": [self.place(tick) for tick in ticks],
            "ticktext": [
                _words(tick, step, is_dated=tick.date() != day) for tick, day in zip(ticks, days, strict=False)
            ],
        }

    def _round(self, step: timedelta) -> Iterator[datetime]:
        """Yield when local clocks show a multiple of *step*; in a repeated hour, the first time."""
        first = self.since.astimezone(self.zone).replace(tzinfo=None)
        wall = first - (first - datetime.min) % step  # noqa: DTZ901 - local time without zone
        while (tick := wall.replace(tzinfo=self.zone)) <= self.until:
            is_shown = tick.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) == wall  # not in a skipped hour
            if is_shown and tick >= self.since:
                yield tick
            wall += step


def _words(tick: datetime, step: timedelta, *, is_dated: bool) -> str:
    day = f"{tick.day} {tick:%b}"
    if step >= timedelta(days=1):
        return day
    return f"{tick:%H:%M}<br>{day}" if is_dated else f"{tick:%H:%M}"
