"""Monitor checks as a table: verdict, status, response time and its phases."""

from collections.abc import Sequence

from nicegui import ui

from core.models import MonitorCheck
from dashboard import theme
from dashboard.components.elements import moment, status_shape, text
from dashboard.format import milliseconds

HEADINGS = ("When", "Status", "Answer", "Response", "DNS", "Connect", "TLS", "First byte", "Error")
NUMBERS = {"Answer", "Response", "DNS", "Connect", "TLS", "First byte"}


def checks_table(checks: Sequence[MonitorCheck], *, empty: str) -> None:
    """The checks in the order given; *empty* says why there are none."""
    if not checks:
        text("p", empty, "ww-table-empty")
        return
    with ui.element("div").classes("ww-scroll"), ui.element("table").classes("ww-table"):
        with ui.element("thead"), ui.element("tr"):
            for heading in HEADINGS:
                text("th", heading, "ww-number" if heading in NUMBERS else "").props("scope=col")
        with ui.element("tbody"):
            for check in checks:
                _row(check)


def _row(check: MonitorCheck) -> None:
    with ui.element("tr"):
        with ui.element("td"):
            moment(check.checked_at)
        with ui.element("td"), ui.element("span").classes("ww-stat-label"):
            status_shape(check.status)
            text("span", theme.STATUS_WORDS[check.status])
        text("td", str(check.http_status_code or "–"), "ww-number")
        for value in (
            check.response_time_ms,
            check.dns_time_ms,
            check.connect_time_ms,
            check.tls_time_ms,
            check.ttfb_ms,
        ):
            text("td", milliseconds(value), "ww-number" if value is not None else "ww-number ww-muted")
        text("td", check.error_message or "", "ww-secondary ww-words")
