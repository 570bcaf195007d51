"""/api/v1/uptime-report: a month's uptime of websites."""

import re
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query

from core.clock import utc_now
from core.database import in_session
from core.errors import InvalidInput
from core.schemas.maintenance_window import Zone
from core.schemas.uptime_report import OutageInMonth, UptimeReportRead, WebsiteInMonth
from core.services.statistics import Uptime
from dashboard.api.noun_router import noun_router
from dashboard.queries import uptime_report
from dashboard.queries.uptime_report import MONTH, UptimeReport

router = noun_router("uptime report", "/uptime-report")


@router.get("")
async def get_uptime_report(
    month: Annotated[str, Query(description="For example 2026-10.", json_schema_extra={"pattern": MONTH})],
    tag: str | None = None,
    timezone: Zone = "UTC",
) -> UptimeReportRead:
    """Return the uptime report of a month for all websites or a tag, with outages. The current month ends now."""
    if not re.fullmatch(MONTH, month):
        raise InvalidInput.of("month", "The month must be written as YYYY-MM, such as 2026-10.")
    first, now, zone = date.fromisoformat(f"{month}-01"), utc_now(), ZoneInfo(timezone)
    if first > now.astimezone(zone).date():
        raise InvalidInput.of("month", f"{first:%B %Y} has not begun.")
    return _read(await in_session(uptime_report.load, tag=tag, month=first, zone=zone, now=now), timezone)


def _read(report: UptimeReport, timezone: str) -> UptimeReportRead:
    return UptimeReportRead(
        month=report.month,
        timezone=timezone,
        tag=report.tag,
        since=report.since,
        until=report.until,
        uptime_percentage=_percentage(report.uptime),
        coverage=report.uptime.coverage,
        down_seconds=report.uptime.down_seconds,
        websites=[
            WebsiteInMonth(
                id=website.id,
                name=website.name,
                url=website.url,
                uptime_percentage=_percentage(website.uptime),
                coverage=website.uptime.coverage,
                down_seconds=website.uptime.down_seconds,
                outages=website.outages,
                p50_ms=website.response.p50_ms,
                p95_ms=website.response.p95_ms,
            )
            for website in report.websites
        ],
        outages=[OutageInMonth.model_validate(outage) for outage in report.outages],
        total_outages=report.total_outages,
    )


def _percentage(uptime: Uptime) -> float | None:
    return None if uptime.share is None else 100 * uptime.share
