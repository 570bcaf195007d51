"""What a status page says in words: its headline, spans of time, uptime, and downtime day by day. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from core.services.statistics import DayUptime
from dashboard.format import duration
from dashboard.status.view import Shown, ShownWindow, StatusView

HEADLINES = {
    "UP": "All is well",
    "MAINTENANCE": "Maintenance is under way",
    "UNKNOWN": "Nothing is known at the moment",
}
PREDICATES = {"DOWN": "down", "DEGRADED": "slow or impaired"}
NAMED = 2  # websites that a headline names; of more it tells the number


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Downtime that is over; several websites where they went down and came back in the same minutes."""

    windows: list[ShownWindow]
    websites: str
    span: str
    """From when to when, and how long."""


def headline(view: StatusView) -> str:
    """One sentence about all websites of a page."""
    if view.status not in PREDICATES:
        return HEADLINES[view.status]
    shown = [one for _group, websites in view.groups for one in websites]
    affected = [one.name for one in shown if one.status == view.status]
    predicate = PREDICATES[view.status]
    if len(affected) == len(shown) > 1:
        return f"Everything is {predicate}"
    if len(affected) > NAMED:
        return f"{len(affected)} of {len(shown)} are {predicate}"
    return f"{listed(affected)} {'is' if len(affected) == 1 else 'are'} {predicate}"


def listed(names: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def uptime(one: Shown) -> str:
    """A website's share over its days, and of how many days that tells where it is not all of them."""
    known = sum(day.share is not None for day in one.days)
    told = percent(one.share)
    if one.share is None or known == len(one.days):
        return told
    return f"{told} in {known} day{'s' if known > 1 else ''}"


def percent(share: float | None) -> str:
    """Cut, not rounded: what was not whole is never called 100 %."""
    if share is None:
        return "no data"
    return f"{share:.0%}".replace("%", " %") if share in (0, 1) else f"{int(share * 100_000) / 1_000:.3f} %"


def bar(day: DayUptime) -> str:
    """The class of a day's bar: none, up, up-2, up-3, down."""
    if day.share is None:
        return "none"
    return "up" if day.share >= 0.9999 else "up-2" if day.share >= 0.99 else "up-3" if day.share >= 0.95 else "down"


def tip(day: DayUptime) -> str:
    """What a day's bar says to who points at it."""
    told = percent(day.share) + (f", down {duration(day.down_seconds)}" if day.down_seconds else "")
    return f"{calendar_day(day.day)}: {told}"


def past_days(windows: Sequence[ShownWindow]) -> list[tuple[str, list[Past]]]:
    """Downtime that is over, by the UTC day on which it began, the latest day first."""
    days: dict[str, dict[object, list[ShownWindow]]] = {}
    for window in windows:
        if window.ended_at is not None:
            day = days.setdefault(calendar_day(window.started_at.astimezone(UTC).date()), {})
            day.setdefault(_sameness(window), []).append(window)
    return [(day, [_past(together) for together in entries.values()]) for day, entries in days.items()]


def _sameness(window: ShownWindow) -> object:
    """What is equal of windows that are told together; what people wrote of one is told of that one alone."""
    return window.id if window.updates else (moment(window.started_at), moment(window.ended_at))


def _past(together: list[ShownWindow]) -> Past:
    first = together[0]
    assert first.ended_at is not None
    seconds = (first.ended_at - first.started_at).total_seconds()
    return Past(
        windows=together,
        websites=listed([window.website for window in together]),
        span=f"{_within_day(first.started_at, first.ended_at)} · {duration(seconds)}",
    )


def span(start: datetime, end: datetime) -> str:
    """``30 Nov 2026, 04:00 to 05:30 UTC``; the day is said again where it is another one."""
    if start.astimezone(UTC).date() == end.astimezone(UTC).date():
        return f"{moment(start).removesuffix(' UTC')} to {end.astimezone(UTC):%H:%M} UTC"
    return f"{moment(start).removesuffix(' UTC')} to {moment(end)}"


def _within_day(start: datetime, end: datetime) -> str:
    """The same beneath a heading that has said the day."""
    return span(start, end).removeprefix(f"{calendar_day(start.astimezone(UTC).date())}, ")


def moment(at: datetime | None) -> str:
    """``28 Nov 2026, 14:13 UTC``; nothing for no moment."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC" if at else ""


def calendar_day(day: date) -> str:
    """``28 Nov 2026``."""
    return f"{day:%-d %b %Y}"
