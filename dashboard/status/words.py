"""What a status page says in words: its headline, spans of time, uptime, and downtime day by day. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from core.phrases import counted, listed
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
OFTEN = 4  # times in a day; what was down so often is told once, else it would be all that a day tells of


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Downtime that is over; several websites where they went down and came back in the same minutes."""

    windows: list[ShownWindow]
    websites: str
    was_down: str
    """``was down``, ``were down 5 times``."""
    span: str
    """From when to when, and how long in all."""


def headline(view: StatusView) -> str:
    """One sentence about all websites of a page."""
    shown = [one for _group, websites in view.groups for one in websites]
    affected = [one.name for one in shown if one.status == view.status]
    if view.status == "UNKNOWN" and len(affected) < len(shown):
        of = listed(affected) if len(affected) <= NAMED else f"{len(affected)} of {len(shown)}"
        return f"Nothing is known of {of} at the moment"
    if view.status not in PREDICATES:
        return HEADLINES[view.status]
    predicate = PREDICATES[view.status]
    if len(affected) == len(shown) > 1:
        return f"Everything is {predicate}"
    if len(affected) > NAMED:
        return f"{len(affected)} of {len(shown)} are {predicate}"
    return f"{listed(affected)} {'is' if len(affected) == 1 else 'are'} {predicate}"


def left_out(view: StatusView) -> str:
    """A sentence about websites for which the page has no room."""
    verb = "is" if view.left_out == 1 else "are"
    meant = f"{counted(view.left_out, 'more website')} {verb} meant to stand here"
    return f"{meant}, and a page holds no more; nothing on this page tells of {'it' if verb == 'is' else 'them'}."


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
    return [(day, [_past(times) for times in _repeated(list(entries.values()))]) for day, entries in days.items()]


def _sameness(window: ShownWindow) -> object:
    """What is equal of windows that are told together; what people wrote of one is told of that one alone."""
    return window.id if window.updates else (moment(window.started_at), moment(window.ended_at))


def _repeated(entries: list[list[ShownWindow]]) -> list[list[list[ShownWindow]]]:
    """The *entries* of a day, in order, with those of the same websites as one where there are too many of them."""

    def names(entry: list[ShownWindow]) -> object:
        return entry[0].id if entry[0].updates else tuple(window.website for window in entry)

    counts = Counter(map(names, entries))
    told: dict[object, list[list[ShownWindow]]] = {}
    for entry in entries:
        told.setdefault(names(entry) if counts[names(entry)] >= OFTEN else entry[0].id, []).append(entry)
    return list(told.values())


def _past(times: list[list[ShownWindow]]) -> Past:
    """Those that are told together, for each time that they were down, the latest first."""
    spans = [(entry[0].started_at, entry[0].ended_at) for entry in times]
    lasted = sum((end - start).total_seconds() for start, end in spans if end is not None)
    last = max(end for _start, end in spans if end is not None)
    often = f" {len(times)} times" if len(times) > 1 else ""
    return Past(
        windows=[window for entry in times for window in entry],
        websites=listed([window.website for window in times[0]]),
        was_down=f"{'was' if len(times[0]) == 1 else 'were'} down{often}",
        span=f"{_within_day(spans[-1][0], last)} · {duration(lasted)}{' in all' if often else ''}",
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
