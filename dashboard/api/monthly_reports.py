"""/api/v1/monthly-reports: reports that are sent by e-mail each month."""

from fastapi import Request, Response

from core.database import in_session
from core.models import MonthlyReport
from core.schemas.monthly_report import (
    MonthlyReportCreate,
    MonthlyReportListResponse,
    MonthlyReportRead,
    MonthlyReportUpdate,
    ReportDeliveryListResponse,
)
from core.services import MonthlyReportCRUD, ReportDeliveryCRUD
from core.services.rows import require_row
from dashboard.actions import monthly_reports
from dashboard.api.notifications import Tested
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Of, Paging
from dashboard.runtime import Runtime
from dashboard.url_numbers import Id

router = noun_router("monthly reports", "/monthly-reports")


@router.get("")
async def list_monthly_reports(paging: Paging, channel_id: Of = None) -> MonthlyReportListResponse:
    """List monthly reports, oldest first, with the state of the last month's. Filter by channel."""
    items, total = await in_session(MonthlyReportCRUD.get_all, paging.skip, paging.page_size, channel_id=channel_id)
    return paging.of(MonthlyReportListResponse, items, total)


@router.post("", status_code=201)
async def add_monthly_report(data: MonthlyReportCreate, response: Response) -> MonthlyReportRead:
    """Add a monthly report for all websites or a tag, sent at 06:00 in its time zone on the first of each month."""
    report = await monthly_reports.add(data.model_dump())
    response.headers["Location"] = f"/api/v1/monthly-reports/{report.id}"
    return MonthlyReportRead.model_validate(report)


@router.get("/{report_id}")
async def get_monthly_report(report_id: Id) -> MonthlyReportRead:
    """Return a monthly report."""
    return MonthlyReportRead.model_validate(await in_session(require_row, MonthlyReport, report_id))


@router.patch("/{report_id}")
async def change_monthly_report(report_id: Id, data: MonthlyReportUpdate) -> MonthlyReportRead:
    """Change a monthly report. ``{"tag": null}`` covers all websites."""
    data.refuse_nulls()
    report = await monthly_reports.change(report_id, data.model_dump(exclude_unset=True))
    return MonthlyReportRead.model_validate(report)


@router.delete("/{report_id}", status_code=204)
async def remove_monthly_report(report_id: Id) -> None:
    """Delete a monthly report."""
    await monthly_reports.remove(report_id)


@router.post("/{report_id}/send")
async def send_monthly_report(report_id: Id, request: Request) -> Tested:
    """Send a report of the month so far now, and wait for the mail server's response. The schedule is unchanged."""
    is_taken, answer = await monthly_reports.send_now(report_id, Runtime.of(request).settings)
    return Tested(is_taken=is_taken, answer=answer)


@router.get("/{report_id}/deliveries")
async def list_deliveries(report_id: Id, paging: Paging) -> ReportDeliveryListResponse:
    """List a report's deliveries, newest first, with recipients and the mail server's response."""
    await in_session(require_row, MonthlyReport, report_id)
    items, total = await in_session(ReportDeliveryCRUD.get_by_report, report_id, paging.skip, paging.page_size)
    return paging.of(ReportDeliveryListResponse, items, total)
