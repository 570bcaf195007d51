"""A chart's time axis by the reader's clocks, which stays one where those are changed. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

MOST_TICKS = 6  # that have room on a phone
STEPS = [
    *(timedelta(minutes=count) for count in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=count) for count in (1, 2, 3, 6, 12)),
    *(timedelta(days=count) for count in (1, 2, 7, 14, 28, 91)),
]
"""Between two ticks, where Plotly cannot place them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """From *since* to *until*.

    Plotly draws the digits that it is given, so they are the reader's. Where clocks are changed between the two
    ends, those digits would leave an hour out or have one twice, and lines would run back: all of them are then by
    the clocks of the end, and the ticks say what the clocks said.
    """

    since: datetime
    until: datetime
    zone: tzinfo = UTC
    """The reader's."""

    def place(self, moment: datetime) -> str:
        """Where *moment* is on it."""
        return moment.astimezone(self._drawn).replace(tzinfo=None).isoformat()

    def moment(self, digits: str) -> datetime | None:
        """What is at a place, as Plotly tells it; None when it is none."""
        try:
            return datetime.fromisoformat(digits.strip().replace(" ", "T")[:26]).replace(tzinfo=self._drawn)
        except ValueError:
            return None

    def drawn(self, **more: Any) -> dict[str, Any]:
        """It as Plotly has it; *more* is merged into it."""
        axis: dict[str, Any] = {
            "type": "date",
            "range": [self.place(self.since), self.place(self.until)],
            "autorange": False,
            "showgrid": False,
            "gridcolor": "$hairline",
            "zeroline": False,
            "nticks": 9,
            "ticks": "outside",
            "ticklen": 6,  # keeps the first of them clear of the other axis's zero
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
        step = next((step for step in STEPS if (self.until - self.since) / step <= MOST_TICKS), STEPS[-1])
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
        """When the reader's clocks show a multiple of *step*; of an hour that they show twice, the first time."""
        first = self.since.astimezone(self.zone).replace(tzinfo=None)
        wall = first - (first - datetime.min) % step  # noqa: DTZ901 - what clocks show has no zone
        while (tick := wall.replace(tzinfo=self.zone)) <= self.until:
            is_shown = tick.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) == wall  # not a skipped hour
            if is_shown and tick >= self.since:
                yield tick
            wall += step


def _words(tick: datetime, step: timedelta, *, is_dated: bool) -> str:
    day = f"{tick.day} {tick:%b}"
    if step >= timedelta(days=1):
        return day
    return f"{tick:%H:%M}<br>{day}" if is_dated else f"{tick:%H:%M}"
