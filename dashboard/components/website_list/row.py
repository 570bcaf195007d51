"""What the list shows of a website, as the browser is told it. Pure."""

from collections.abc import Sequence
from typing import Any

from core.models import MonitorCheck, MonitorStatus, Website
from core.schemas.website import display_url
from core.services.statistics import Uptime

LETTERS = {
    MonitorStatus.UP: "u",
    MonitorStatus.DEGRADED: "g",
    MonitorStatus.DOWN: "d",
    MonitorStatus.UNKNOWN: "x",
}
BEATS = 60  # checks in a heartbeat bar


def website_row(
    website: Website,
    checks: Sequence[MonitorCheck],
    *,
    day: Uptime,
    month: Uptime,
    down_since_ms: float | None,
) -> dict[str, Any]:
    """One row.

    Args:
        checks: The website's last `BEATS` checks at most, oldest first.
        day: Its uptime of 24 hours; *month*: of 30 days.
        down_since_ms: The start of its open downtime window, ms since 1970; None while it is not down.
    """
    last = checks[-1] if checks else None
    return {
        "id": website.id,
        "name": website.name,
        "url": display_url(website.url),
        "status": _status(website, last, is_down=down_since_ms is not None),
        "beats": "".join(LETTERS[check.status] for check in checks),
        "spark": [None if check.response_time_ms is None else round(check.response_time_ms, 1) for check in checks],
        "ms": last.response_time_ms if last else None,
        "error": last.error_message if last else None,
        "day": day.share,
        "month": month.share,
        "at": last.checked_at.timestamp() * 1_000 if last else None,
        "since": down_since_ms,
    }


def _status(website: Website, last: MonitorCheck | None, *, is_down: bool) -> str:
    if not website.is_active:
        return "PAUSED"
    if last is None:
        return "PENDING"
    if is_down or last.status != MonitorStatus.DOWN:
        return "DOWN" if is_down else str(last.status)
    return "FAILING"  # not confirmed yet: it is checked again within seconds
