"""How websites fared in a month, as it crosses a border."""

from datetime import date

from core.schemas.base import Schema, UtcInstant


class WebsiteInMonth(Schema):
    id: int
    name: str
    url: str
    uptime_percentage: float | None
    """Of known time; None where nothing is known."""
    coverage: float
    """Known time in the month so far, 0 to 1."""
    down_seconds: float
    outages: int
    p50_ms: float | None
    """Response time; None where nothing answered."""
    p95_ms: float | None


class OutageInMonth(Schema):
    website_id: int
    window_id: int
    started_at: UtcInstant
    """Perhaps before the month."""
    ended_at: UtcInstant | None
    """None while it lasts; perhaps after the month."""
    seconds: float
    """What of it lies in the month."""
    cause: str | None


class UptimeReportRead(Schema):
    month: date
    """Its first day."""
    timezone: str
    tag: str | None
    since: UtcInstant
    until: UtcInstant
    """The month's end, or now where it is not over."""
    uptime_percentage: float | None
    """Of all together: each weighs by the time that is known of it."""
    coverage: float
    down_seconds: float
    websites: list[WebsiteInMonth]
    """By name."""
    outages: list[OutageInMonth]
    """In order; of very many the last."""
    total_outages: int
