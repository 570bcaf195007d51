"""Summarises a status page's downtime in few entries: open windows, and past ones by day. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.phrases import isolated, listed
from dashboard.format import duration
from dashboard.status.view import ShownWindow
from dashboard.status.words import calendar_day, moment, span

NEAR = timedelta(minutes=10)  # windows that begin and end within this time form one entry
OFTEN = 4  # times a day, from which on repeated downtime of the same websites forms one entry
NAMED = 3  # websites that an entry names; the others are in its folded part


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeEntry:
    """An entry: the downtime of one website, or of several that went down together."""

    windows: list[ShownWindow]
    websites: str
    state: str
    """``is down``, ``were down``, ``were down 5 times``."""
    span: str
    """When it began; for past downtime also its end and duration."""
    each: list[tuple[str, str]]
    """Website and span of each window, if the entry itself does not show them."""


def now(windows: Sequence[ShownWindow]) -> list[DowntimeEntry]:
    """Return open downtime, newest first."""
    return [_open_entry(entry) for entry in _together([window for window in windows if window.ended_at is None])]


def past_days(windows: Sequence[ShownWindow]) -> list[tuple[str, list[DowntimeEntry]]]:
    """Return past downtime by the UTC day on which it began, latest day first."""
    days: dict[str, list[ShownWindow]] = {}
    for window in windows:
        if window.ended_at is not None:
            days.setdefault(calendar_day(window.started_at.astimezone(UTC).date()), []).append(window)
    return [(day, [_past_entry(times) for times in _repeated(_together(ended))]) for day, ended in days.items()]


def _together(windows: Sequence[ShownWindow]) -> list[list[ShownWindow]]:
    """Group *windows*, newest first, that began and ended at about the same time.

    A window with published updates stays alone.
    """
    entries: list[list[ShownWindow]] = []
    open_to_more: list[list[ShownWindow]] = []
    for window in windows:
        open_to_more = [entry for entry in open_to_more if entry[0].started_at - window.started_at <= NEAR]
        fitting = (entry for entry in open_to_more if not window.updates and _fits(window, entry))
        entry = next(fitting, None)
        if entry is not None:
            entry.append(window)
            continue
        entries.append([window])
        if not window.updates:
            open_to_more.append(entries[-1])
    return entries


def _fits(window: ShownWindow, entry: list[ShownWindow]) -> bool:
    """Return whether the window coincides with the entry's first one, and its website is not in the entry yet."""
    first = entry[0]
    if window.ended_at is None or first.ended_at is None:
        return window.ended_at == first.ended_at
    is_near = abs(window.ended_at - first.ended_at) <= NEAR and window.ended_at >= first.started_at
    return is_near and all(window.website != other.website for other in entry)


def _repeated(entries: list[list[ShownWindow]]) -> list[list[list[ShownWindow]]]:
    """Group a day's *entries* of the same websites if there are `OFTEN` or more of them."""

    def names(entry: list[ShownWindow]) -> object:
        return entry[0].id if entry[0].updates else tuple(sorted(window.website for window in entry))

    counts = Counter(map(names, entries))
    groups: dict[object, list[list[ShownWindow]]] = {}
    for entry in entries:
        groups.setdefault(names(entry) if counts[names(entry)] >= OFTEN else entry[0].id, []).append(entry)
    return list(groups.values())


def _open_entry(entry: list[ShownWindow]) -> DowntimeEntry:
    moments = [moment(window.started_at) for window in entry]
    is_complete = len(entry) <= NAMED and len(set(moments)) == 1
    return DowntimeEntry(
        windows=entry,
        websites=_named(entry),
        state="is down" if len(entry) == 1 else "are down",
        span=f"since {moments[-1]}",
        each=[] if is_complete else [(window.website, f"since {moment(window.started_at)}") for window in entry],
    )


def _past_entry(times: list[list[ShownWindow]]) -> DowntimeEntry:
    """Return the entry of one or several times, latest first, at which the same websites were down."""
    windows = [window for entry in times for window in entry]
    spans = [_own_span(window) for window in windows]
    often = f" {len(times)} times" if len(times) > 1 else ""
    is_complete = not often and len(windows) <= NAMED and len({_clocks(window) for window in windows}) == 1
    return DowntimeEntry(
        windows=windows,
        websites=_named(times[0]),
        state=f"{'was' if len(times[0]) == 1 else 'were'} down{often}",
        span=spans[0] if len(windows) == 1 else _span_of_all(times),
        each=[] if is_complete else [(window.website, words) for window, words in zip(windows, spans, strict=True)],
    )


def _named(entry: list[ShownWindow]) -> str:
    names = [isolated(window.website) for window in entry]
    return (
        listed(names) if len(names) <= NAMED else f"{', '.join(names[: NAMED - 1])} and {len(names) - NAMED + 1} more"
    )


def _own_span(window: ShownWindow) -> str:
    """Return ``12:00 to 12:30 UTC · 30 min``, for use below the day's heading."""
    return f"{_clocks(window)} · {duration(_seconds(window))}"


def _clocks(window: ShownWindow) -> str:
    paused = ", until it was paused" if window.ended_in_pause else ""
    return _within_day(window.started_at, window.ended_at or window.started_at) + paused


def _seconds(window: ShownWindow) -> float:
    return ((window.ended_at or window.started_at) - window.started_at).total_seconds()


def _span_of_all(times: list[list[ShownWindow]]) -> str:
    """Return the span from the first start to the last end, and the longest downtime of one website."""
    windows = [window for entry in times for window in entry]
    first = min(window.started_at for window in windows)
    last = max(window.ended_at or first for window in windows)
    down: Counter[str] = Counter()
    for window in windows:
        down[window.website] += int(_seconds(window))
    most = duration(max(down.values()))
    is_same = all(duration(seconds) == most for seconds in down.values())
    return f"{_within_day(first, last)} · {'' if is_same else 'up to '}{most}{' in all' if len(times) > 1 else ''}"


def _within_day(start: datetime, end: datetime) -> str:
    """Return a span without the day, which the heading above shows."""
    return span(start, end).removeprefix(f"{calendar_day(start.astimezone(UTC).date())}, ")
