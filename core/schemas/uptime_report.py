"""Schemas of the uptime report of a month."""

from datetime import date

from core.schemas.base import Schema, UtcInstant


class WebsiteInMonth(Schema):
    id: int
    name: str
    url: str
    uptime_percentage: float | None
    """The share of known time; None if nothing is known."""
    coverage: float
    """Known time in the month so far, 0 to 1."""
    down_seconds: float
    outages: int
    p50_ms: float | None
    """The response time; None without answers."""
    p95_ms: float | None


class OutageInMonth(Schema):
    website_id: int
    window_id: int
    started_at: UtcInstant
    """May be before the month."""
    ended_at: UtcInstant | None
    """None while the window is open; may be after the month."""
    seconds: float
    """The part within the month."""
    cause: str | None


class UptimeReportRead(Schema):
    month: date
    """The first day of the month."""
    timezone: str
    tag: str | None
    since: UtcInstant
    until: UtcInstant
    """The end of the month, or now if the month is not over."""
    uptime_percentage: float | None
    """The share for all websites together, weighted by known time."""
    coverage: float
    down_seconds: float
    websites: list[WebsiteInMonth]
    """By name."""
    outages: list[OutageInMonth]
    """In order; only the latest if there are very many."""
    total_outages: int
