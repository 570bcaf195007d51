"""The texts of a status page: headline, spans and uptime. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from core.phrases import counted, isolated, listed
from core.services.statistics import DayUptime
from dashboard.format import duration
from dashboard.status.view import Shown, StatusView

HEADLINES = {
    "UP": "All systems operational",
    "MAINTENANCE": "Maintenance in progress",
    "UNKNOWN": "Status unknown",
}
PARTIAL = "All websites shown here are up"  # for a page that does not hold all its websites
PREDICATES = {"DOWN": "down", "DEGRADED": "degraded"}
NAMED = 2  # websites that a headline names; of more it gives the number


def headline(view: StatusView) -> str:
    """Return one sentence about all websites of a page."""
    shown = [website for _group, websites in view.groups for website in websites]
    affected = [isolated(website.name) for website in shown if website.status == view.status]
    if view.status == "UNKNOWN" and len(affected) < len(shown):
        of = listed(affected) if len(affected) <= NAMED else f"{len(affected)} of {len(shown)}"
        return f"The status of {of} is unknown"
    if view.status not in PREDICATES:
        return PARTIAL if view.left_out and view.status == "UP" else HEADLINES[view.status]
    predicate = PREDICATES[view.status]
    if len(affected) == len(shown) > 1:
        return f"All websites {'shown here ' if view.left_out else ''}are {predicate}"
    if len(affected) > NAMED:
        return f"{len(affected)} of {len(shown)}{' shown' if view.left_out else ''} are {predicate}"
    return f"{listed(affected)} {'is' if len(affected) == 1 else 'are'} {predicate}"


def named(websites: Sequence[str]) -> str:
    """Return the names of *websites* as a list in words."""
    return listed([isolated(name) for name in websites])


def left_out(view: StatusView) -> str:
    """Return a sentence about the websites that the page does not hold."""
    verb = "is" if view.left_out == 1 else "are"
    hidden = f"{counted(view.left_out, 'more website')} {verb} not shown"
    return f"{hidden}, because the page is full. {'Its' if verb == 'is' else 'Their'} status does not affect this page."


def uptime(shown: Shown) -> str:
    """Return a website's uptime, and the number of known days unless all are known."""
    known = sum(day.share is not None for day in shown.days)
    text = percent(shown.share)
    if shown.share is None or known == len(shown.days):
        return text
    return f"{text} in {counted(known, 'day')}"


def percent(share: float | None) -> str:
    """Return *share* in per cent, rounded down, so that only 1 is 100%."""
    if share is None:
        return "no data"
    return f"{share:.0%}" if share in (0, 1) else f"{int(share * 100_000) / 1_000:.3f}%"


def bar(day: DayUptime) -> str:
    """Return the CSS class of a day's bar: none, up, up-2, up-3 or down."""
    if day.share is None:
        return "none"
    return "up" if day.share >= 0.9999 else "up-2" if day.share >= 0.99 else "up-3" if day.share >= 0.95 else "down"


def tip(day: DayUptime) -> str:
    """Return the tooltip of a day's bar."""
    text = percent(day.share) + (f", down {duration(day.down_seconds)}" if day.down_seconds else "")
    return f"{calendar_day(day.day)}: {text}"


def span(start: datetime, end: datetime) -> str:
    """Return ``30 Nov 2026, 04:00 to 05:30 UTC``; the end's day only if it differs."""
    if start.astimezone(UTC).date() == end.astimezone(UTC).date():
        return f"{moment(start).removesuffix(' UTC')} to {end.astimezone(UTC):%H:%M} UTC"
    return f"{moment(start).removesuffix(' UTC')} to {moment(end)}"


def moment(at: datetime | None) -> str:
    """Return ``28 Nov 2026, 14:13 UTC``; an empty text for None."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC" if at else ""


def calendar_day(day: date) -> str:
    """Return ``28 Nov 2026``."""
    return f"{day:%-d %b %Y}"
