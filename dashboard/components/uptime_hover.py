"""The tooltips of the uptime chart. Pure."""

from datetime import datetime, timedelta, tzinfo
from textwrap import wrap

from core.phrases import counted
from dashboard.components.uptime_data import Downtime, Point
from dashboard.format import duration, milliseconds

NAMES = ("DNS", "connect", "TLS", "waiting", "download")
CONNECTING = 3  # phases before the connection is ready
MAX_LENGTH = 160  # characters of a website's text
LINE_WIDTH = 44  # characters per line: Plotly does not wrap, and a phone would cut longer lines


def hover(point: Point, zone: tzinfo) -> str:
    """Return a point's tooltip, with the few HTML tags that Plotly supports."""
    parts = [f"<b>{_which(point, zone)}</b>", _answer(point)]
    phases = [_phase(name, value) for name, value in zip(NAMES, point.phases, strict=True)]
    parts += [", ".join(filter(None, some)) for some in (phases[:CONNECTING], phases[CONNECTING:])]
    parts.append(_counts(point))
    parts.append(plain(point.note or ""))
    return "<br>".join(part for part in parts if part)


def _phase(name: str, value: float | None) -> str:
    return "" if value is None else f"{name} {milliseconds(value)}"


def downtime_hover(window: Downtime, until: datetime) -> str:
    """Return how long a downtime lasted, or has lasted so far, and why."""
    lasted = duration(window.lasted(until))
    words = f"Down for {lasted}" if window.times == 1 else f"Down {window.times} times, {lasted} in all"
    words += "" if window.ended_at else " so far"
    cause = plain(window.cause or "")
    return f"{words}<br>{cause}" if cause else words


def plain(text: str) -> str:
    """Return wrapped lines without tags or entities that Plotly would interpret: the text may come from a website."""
    lines = wrap(text.replace("<", "‹").replace(">", "›")[:MAX_LENGTH], LINE_WIDTH)
    return "<br>".join(line.replace("&", "&amp;") for line in lines)


def _which(point: Point, zone: tzinfo) -> str:
    start = point.started_at.astimezone(zone)
    if not point.seconds:
        return f"Check at {start:%H:%M:%S}, {_day(start)}"
    end = start + timedelta(seconds=point.seconds)
    if point.seconds >= 86_400:
        return f"{_day(start)}, {duration(point.seconds)}"
    return f"{start:%H:%M} to {end:%H:%M}, {_day(start)}"


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"


def _answer(point: Point) -> str:
    if point.p50_ms is None:
        return "No answer"
    if point.checks <= 1:
        return milliseconds(point.p50_ms)
    return f"{milliseconds(point.p50_ms)} median, {milliseconds(point.p95_ms)} p95"


def _counts(point: Point) -> str:
    if not point.seconds:
        return ""
    counts = [counted(point.checks, "check")]
    counts += [f"{count} {word}" for count, word in ((point.down, "down"), (point.degraded, "degraded")) if count]
    return ", ".join(counts)
