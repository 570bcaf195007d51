"""What the uptime chart says of the point under the pointer: which check or bucket it is, and what was found. Pure."""

from datetime import datetime, timedelta, tzinfo

from core.phrases import counted
from dashboard.components.uptime_data import Point
from dashboard.format import duration, milliseconds

NAMES = ("DNS", "connect", "TLS", "waiting", "download")
LONGEST = 160  # characters of what a website made us say


def hover(point: Point, zone: tzinfo) -> str:
    """A few lines, in the few HTML tags that Plotly draws."""
    parts = [f"<b>{_which(point, zone)}</b>", _answer(point)]
    phases = zip(NAMES, point.phases, strict=True)
    parts.append(", ".join(f"{name} {milliseconds(value)}" for name, value in phases if value is not None))
    parts.append(_counts(point))
    parts.append(plain(point.note or ""))
    return "<br>".join(part for part in parts if part)


def plain(text: str) -> str:
    """Text that Plotly cannot take for a tag; what came from a website may look like one."""
    return text.replace("<", "‹").replace(">", "›")[:LONGEST]


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
