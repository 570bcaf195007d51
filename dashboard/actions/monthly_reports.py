"""Adds, changes, deletes and sends monthly reports by e-mail."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.clock import utc_now
from core.config import Settings
from core.database import in_session
from core.errors import InvalidInput, NotDelivered, NothingToReport, StoreError
from core.models import ChannelKind, MonthlyReport, NotificationChannel
from core.notifications.channels import Sender
from core.notifications.monthly import complete_month
from core.schemas.monthly_report import MonthlyReportCreate, MonthlyReportUpdate
from core.sealing import Sealer
from core.services import MonthlyReportCRUD, ReportDeliveryCRUD
from core.services.rows import require_row
from dashboard.audit import note
from dashboard.current_actor import require
from dashboard.queries.uptime_report import shown_month
from dashboard.reports.monthly_mailer import send


async def add(fields: dict[str, Any]) -> MonthlyReport:
    """Add a report. The first one sent is that of the current month.

    Raises:
        InvalidInput: A field is invalid, or the channel is not an e-mail channel.
    """
    require(Permission.WRITE)
    return await in_session(_create, MonthlyReportCreate.checked(fields))


async def change(report_id: int, fields: dict[str, Any]) -> MonthlyReport:
    """Change the given fields of `MonthlyReportUpdate`.

    Raises:
        InvalidInput: A field is invalid, or the channel is not an e-mail channel.
        NotFound: The report does not exist.
    """
    require(Permission.WRITE)
    return await in_session(_update, report_id, MonthlyReportUpdate.checked(fields))


async def remove(report_id: int) -> None:
    """Delete a report.

    Raises:
        NotFound: The report does not exist.
    """
    require(Permission.WRITE)
    await in_session(_remove, report_id)


async def send_now(report_id: int, settings: Settings) -> tuple[bool, str]:
    """Send a report now, besides the planned ones. Return whether the mail server accepted it, and its answer.

    The report covers the current month so far; in a month's first week, the month before. `/report` shows the same.

    Raises:
        NotFound: The report does not exist.
    """
    require(Permission.WRITE)
    report, channel = await in_session(_try, report_id)
    month = shown_month(utc_now(), ZoneInfo(report.timezone))
    deliver = Sender(settings.address_policy.refusal).deliver
    key = f"report:{report.id}:{utc_now().timestamp():.0f}"
    try:
        answer = await send(report, channel, month, Sealer.of(settings), deliver, key=key, is_manual=True)
        is_taken = True
    except (NothingToReport, NotDelivered, StoreError) as error:
        is_taken, answer = False, str(error)
    await in_session(_note_sent, report_id, month, is_taken=is_taken, answer=answer)
    return is_taken, answer


def _create(db: Session, data: MonthlyReportCreate) -> MonthlyReport:
    _require_mailbox(db, data.channel_id)
    report = MonthlyReportCRUD.create(db, data, complete_month(data.timezone, utc_now()))
    note(db, "report.add", _named(report), recipients=report.recipients)
    return report


def _update(db: Session, report_id: int, data: MonthlyReportUpdate) -> MonthlyReport:
    if data.channel_id is not None:
        _require_mailbox(db, data.channel_id)
    before = require_row(db, MonthlyReport, report_id)
    month = complete_month(data.timezone or before.timezone, utc_now())
    report = MonthlyReportCRUD.update(db, report_id, data, month)
    note(db, "report.change", _named(report), fields=sorted(data.model_fields_set))
    return report


def _remove(db: Session, report_id: int) -> None:
    report = require_row(db, MonthlyReport, report_id)
    note(db, "report.delete", _named(report))
    MonthlyReportCRUD.delete(db, report_id)


def _try(db: Session, report_id: int) -> tuple[MonthlyReport, NotificationChannel]:
    report = require_row(db, MonthlyReport, report_id)
    note(db, "report.send", _named(report), recipients=report.recipients)
    channel = db.get(NotificationChannel, report.channel_id)
    assert channel is not None
    return report, channel


def _note_sent(db: Session, report_id: int, month: date, *, is_taken: bool, answer: str) -> None:
    report = db.get(MonthlyReport, report_id)
    if report is not None:  # unless it was deleted meanwhile
        ReportDeliveryCRUD.add(
            db, report, month, ended_at=utc_now(), is_planned=False, is_taken=is_taken, answer=answer
        )


def _require_mailbox(db: Session, channel_id: int) -> None:
    channel = db.get(NotificationChannel, channel_id)
    if channel is None or channel.kind is not ChannelKind.EMAIL:
        raise InvalidInput.of("channel_id", f"There is no e-mail channel {channel_id}.")


def _named(report: MonthlyReport) -> str:
    return f"monthly report {report.id} of {report.tag or 'all websites'}"
