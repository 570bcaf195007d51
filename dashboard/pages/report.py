"""/report: the monthly uptime report as plain HTML to print or send, and as CSV."""

import re
from contextlib import suppress
from datetime import date, datetime, tzinfo
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import Response
from nicegui import app

from core.clock import utc_now
from core.database import in_session
from dashboard.frame import ZONE_COOKIE, zone_of
from dashboard.queries import uptime_report
from dashboard.queries.uptime_report import MONTH, UptimeReport, shown_month
from dashboard.reports.uptime_report import heading, to_csv, to_html
from dashboard.runtime import Runtime
from dashboard.theme_choice import body_class

PATH = "/report"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SAFELY = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}


def register(_runtime: Runtime) -> None:
    """Define the page and its CSV version."""

    @app.get(PATH, include_in_schema=False)
    async def report_page(request: Request, tag: str = "", month: str = "", timezone: str = "") -> Response:
        report = await _report(request, tag, month, timezone)
        tags = await in_session(uptime_report.tags)
        root = str(request.scope.get("root_path", ""))
        text = to_html(report, tags=tags, root=root, body_class=body_class(request.cookies))
        return Response(text, media_type="text/html", headers=SAFELY)

    @app.get(f"{PATH}.csv", include_in_schema=False)
    async def report_csv(request: Request, tag: str = "", month: str = "", timezone: str = "") -> Response:
        report = await _report(request, tag, month, timezone)
        name = quote(f"{heading(report)} {report.month:%Y-%m}.csv")
        headers = SAFELY | {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(to_csv(report), media_type="text/csv", headers=headers)


async def _report(request: Request, tag: str, month: str, timezone: str) -> UptimeReport:
    """Return the report for the URL's parameters; invalid values are ignored."""
    chosen = zone_of(timezone) or zone_of(unquote(request.cookies.get(ZONE_COOKIE, "")))
    zone, now = chosen or ZoneInfo("UTC"), utc_now()
    return await in_session(
        uptime_report.load, tag=tag.strip().lower() or None, month=month_of(month, now, zone), zone=zone, now=now
    )


def month_of(text: str, now: datetime, zone: tzinfo) -> date:
    """Return the first day of the month *text*, such as 2026-10; for other texts or future months, the default month.

    The default is that of `shown_month`.
    """
    today = now.astimezone(zone).date()
    with suppress(ValueError):
        month = date.fromisoformat(f"{text}-01")
        if re.fullmatch(MONTH, text) and month <= today:
            return month
    return shown_month(now, zone)
