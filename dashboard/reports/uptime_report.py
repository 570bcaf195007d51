"""Renders a monthly report as a printable page and as CSV (RFC 4180). Pure."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core.debugging.csv_export import cell
from core.phrases import counted
from dashboard import theme
from dashboard.format import coverage, duration, milliseconds, percentage
from dashboard.html_templates import templates
from dashboard.queries.uptime_report import ReportedWindow, UptimeReport, WebsiteFigures

MONTHS = 13  # in the selection: the current one and a year


def to_html(report: UptimeReport, *, tags: Sequence[str], root: str, body_class: str) -> bytes:
    """Return the page; *tags* are offered in its form, *root* is our path prefix, *body_class* sets the theme."""
    return (
        templates.get_template("uptime_report.html")
        .render(
            report=report,
            heading=heading(report),
            tags=tags,
            months=_months(report),
            root=root,
            body_class=body_class,
            variables=theme.variables() + theme.by_system(),
            share=share_words,
            known=coverage,
            duration=duration,
            ms=milliseconds,
            counted=counted,
            day=lambda moment: _day(report, moment),
            span=lambda outage: span(report, outage),
        )
        .encode()
    )


def share_words(share: float | None) -> str:
    """Return ``99.95%``."""
    return "no data" if share is None else f"{percentage(share)}%"


def heading(report: UptimeReport) -> str:
    """Return the report's heading."""
    return f"Uptime of {report.tag}" if report.tag else "Uptime of all websites"


def to_csv(report: UptimeReport) -> str:
    """Return a header line and a line per website; shares are in per cent, with the known share of the month."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["website", "url", "uptime_percentage", "known_percentage", "down_seconds", "outages", "p50_ms", "p95_ms"]
    )
    writer.writerows([cell(value) for value in _line(website)] for website in report.websites)
    return text.getvalue()


def _line(website: WebsiteFigures) -> list[object]:
    share = website.uptime.share
    return [
        website.name,
        website.url,
        None if share is None else round(100 * share, 4),
        round(100 * website.uptime.coverage, 2),
        round(website.uptime.down_seconds),
        website.outages,
        *(None if ms is None else round(ms, 1) for ms in (website.response.p50_ms, website.response.p95_ms)),
    ]


def span(report: UptimeReport, outage: ReportedWindow) -> str:
    """Return an outage's span in the report's time zone: ``3 Nov, 14:05 to 14:20``."""
    start = outage.started_at.astimezone(report.zone)
    if outage.ended_at is None:
        return f"since {_clock(start)}"
    end = outage.ended_at.astimezone(report.zone)
    return f"{_clock(start)} to {end:%H:%M}" if start.date() == end.date() else f"{_clock(start)} to {_clock(end)}"


def _clock(at: datetime) -> str:
    return f"{at.day} {at:%b, %H:%M}"


def _day(report: UptimeReport, moment: datetime) -> str:
    at = moment.astimezone(report.zone)
    return f"{at.day} {at:%B %Y, %H:%M}"


def _months(report: UptimeReport) -> list[date]:
    """Return the months to choose from, newest first, always including the report's."""
    month = report.made_at.astimezone(report.zone).date().replace(day=1)
    found = []
    for _number in range(MONTHS):
        found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found if report.month in found else [*found, report.month]
