"""The table of monitor checks, in pages, with filters; rows are matched by id when it is updated."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from core.models import MonitorCheck, MonitorStatus
from core.phrases import utc_second
from dashboard import theme
from dashboard.format import milliseconds

NUMBERS = ("HTTP", "Response", "DNS", "Connect", "TLS", "Waiting", "Download")
HEADINGS = ("When", "Status", *NUMBERS, "Error")
SAME = "same as above"  # a change of the error stands out among equal ones
ALL = "ALL"
CHOICES = (ALL, MonitorStatus.UP, MonitorStatus.DEGRADED, MonitorStatus.DOWN, MonitorStatus.UNKNOWN)

Choose = Callable[[MonitorStatus | None, str | None, int], Awaitable[None]]


class ChecksTable(Element, component="checks_table.js"):
    """One page of a website's checks."""

    def __init__(self, page: dict[str, Any], choose: Choose, *, has_filters: bool = True) -> None:
        """Args:
        page: The result of `table_page`.
        choose: Called with the chosen status, region and page.
        has_filters: Whether to draw the filters.
        """
        super().__init__()
        self._shown = page
        self._choose = choose
        self._props["first"] = page
        self._props["headings"] = [{"label": heading, "number": heading in NUMBERS} for heading in HEADINGS]
        self._props["choices"] = [
            {"key": str(choice), "label": "All" if choice == ALL else theme.STATUS_WORDS[choice]}
            for choice in (CHOICES if has_filters else ())
        ]
        self.on("choose", self._on_choose)

    def show(self, page: dict[str, Any], *, is_asked_for: bool = False) -> None:
        """Show another page, or new rows of the same one."""
        if page != self._shown or is_asked_for:
            self._shown = page
            self.run_method("show", page)

    async def _on_choose(self, event: GenericEventArguments) -> None:
        choice: dict[str, Any] = event.args
        status = next((member for member in MonitorStatus if member == choice.get("status")), None)
        await self._choose(status, choice.get("region") or None, max(int(choice.get("page", 1)), 1))


def table_page(
    checks: Sequence[MonitorCheck],
    *,
    status: MonitorStatus | None,
    page: int,
    has_older: bool,
    regions: Sequence[str] = (),
    region: str | None = None,
) -> dict[str, Any]:
    """Return a page of checks for the browser; *regions* are those of the website. Pure."""
    is_all = status is None and region is None and page == 1
    empty = "No checks yet." if is_all else "No checks match the filters."
    return {
        "rows": [_row(check, above) for check, above in zip(checks, [None, *checks], strict=False)],
        "status": str(status or ALL),
        "regions": list(regions),
        "region": region or "",
        "regional": any(check.region for check in checks),
        "page": page,
        "hasOlder": has_older,
        "empty": empty,
    }


def _row(check: MonitorCheck, above: MonitorCheck | None) -> dict[str, Any]:
    error = check.error_message or ""
    phases = (check.dns_time_ms, check.connect_time_ms, check.tls_time_ms, check.ttfb_ms, check.download_time_ms)
    return {
        "id": check.id,
        "at": check.checked_at.isoformat(),
        "utc": utc_second(check.checked_at),
        "status": str(check.status),
        "word": theme.STATUS_WORDS[check.status],
        "answer": str(check.http_status_code or "–"),
        "times": [milliseconds(value) for value in (check.response_time_ms, *phases)],
        "error": SAME if error and above and above.error_message == error else error,
        "region": check.region or "",
        "found": str(check.region_status or ""),
        "foundWord": f"{theme.STATUS_WORDS[check.region_status]}: {check.region_message}"
        if check.region_status and check.region_message
        else theme.STATUS_WORDS[check.region_status or "UNKNOWN"],
    }
