"""Reads monthly reports for the notifications page: in words, with their latest deliveries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.models import MonthlyReport, ReportDelivery
from core.notifications.monthly import next_month
from core.phrases import counted
from core.services import MonthlyReportCRUD, ReportDeliveryCRUD

MAX_REPORTS = 1_000  # reports; more than any installation has
MAX_SHOWN = 12  # deliveries per report: a year


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWords:
    """A monthly report, as the page shows it."""

    report: MonthlyReport
    subject: str
    channel: str
    """The channel's name."""
    last: str
    """The outcome of the last delivery, or the month of the first one."""
    is_amiss: bool
    """Whether the last delivery failed."""
    deliveries: list[str]
    """Past deliveries, one sentence each, newest first."""


def load(db: Session, channels: Mapping[int, str]) -> list[ReportWords]:
    """Return all reports, oldest first; *channels* maps channel ids to names."""
    found, _total = MonthlyReportCRUD.get_all(db, limit=MAX_REPORTS)
    sent: dict[int, list[ReportDelivery]] = defaultdict(list)
    for delivery in ReportDeliveryCRUD.get_last(db, MAX_SHOWN):
        sent[delivery.report_id].append(delivery)
    return [
        ReportWords(
            report=report,
            subject=f"Websites with the tag {report.tag}" if report.tag else "All websites",
            channel=channels.get(report.channel_id, ""),
            last=last_words(report),
            is_amiss=report.attempts > 0 and report.sent_at is None and report.answer is not None,
            deliveries=[delivery_words(delivery, report.timezone) for delivery in sent[report.id]],
        )
        for report in found
    ]


def last_words(report: MonthlyReport) -> str:
    """Say what happened to the last delivery."""
    month, answer = _named(report.month), report.answer or ""
    if report.attempts == 0:
        return f"The first report covers {_named(next_month(report.month))}."
    if report.sent_at is not None:
        return f"{month} was sent on {_day(report.sent_at, report)}. {answer}"
    tried = counted(report.attempts, "attempt")
    if report.due_at is None:
        return f"{month} was not sent after {tried}. {answer}"
    return (
        f"{month} is pending."
        if report.answer is None
        else f"{month} was rejected after {tried}; it is retried. {answer}"
    )


def delivery_words(delivery: ReportDelivery, timezone: str) -> str:
    """Say when a report was sent, to whom, and what the mail server answered."""
    at = delivery.ended_at.astimezone(ZoneInfo(timezone))
    to, by_hand = ", ".join(delivery.recipients), "" if delivery.is_planned else ", sent manually"
    how = f"to {to}{by_hand}" if delivery.is_taken else f"not sent to {to}{by_hand}"
    return f"{at.day} {at:%B %Y, %H:%M}: {_named(delivery.month)} {how}. {delivery.answer}"


def _named(month: date) -> str:
    return f"{month:%B %Y}"


def _day(moment: datetime, report: MonthlyReport) -> str:
    at = moment.astimezone(ZoneInfo(report.timezone))
    return f"{at.day} {at:%B, %H:%M}"
