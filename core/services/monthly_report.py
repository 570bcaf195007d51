"""All SQL about monthly reports by mail."""

from datetime import date, datetime

from sqlalchemy import and_, case, delete, func, null, or_, select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonthlyReport, NotificationChannel, ReportDelivery
from core.schemas.monthly_report import MonthlyReportCreate, MonthlyReportUpdate
from core.services.rows import add_row, apply_changes, delete_row, page_of, require_row

MAX_DELIVERIES = 60  # stored deliveries per report: five years of regular ones


class MonthlyReportCRUD:
    """Create, read, update and delete reports, lease due ones, and store the result of sending."""

    @staticmethod
    def create(db: Session, data: MonthlyReportCreate, month: date) -> MonthlyReport:
        """Create a report whose first month is the one after *month*."""
        return add_row(db, MonthlyReport(**data.model_dump(mode="json"), month=month))

    @staticmethod
    def get_all(
        db: Session, skip: int = 0, limit: int = 50, *, channel_id: int | None = None
    ) -> tuple[list[MonthlyReport], int]:
        """Return a page of reports, oldest first, filtered by channel if given, and the total."""
        query = select(MonthlyReport).order_by(MonthlyReport.id)
        return page_of(db, query, skip=skip, limit=limit, channel_id=channel_id)

    @staticmethod
    def get_enabled(db: Session) -> list[tuple[MonthlyReport, NotificationChannel]]:
        """Return the enabled reports with their channels."""
        query = (
            select(MonthlyReport, NotificationChannel)
            .join(NotificationChannel, NotificationChannel.id == MonthlyReport.channel_id)
            .where(MonthlyReport.is_enabled)
            .order_by(MonthlyReport.id)
        )
        return [(report, channel) for report, channel in db.execute(query)]

    @staticmethod
    def update(db: Session, report_id: int, data: MonthlyReportUpdate, month: date) -> MonthlyReport:
        """Apply *data* and return the report. One that is enabled again continues after *month*.

        Raises:
            NotFound: There is no such report.
        """
        report = require_row(db, MonthlyReport, report_id)
        if data.is_enabled and not report.is_enabled:
            report.month = max(report.month, month)
            report.due_at = None
        apply_changes(report, data.changes())
        db.flush()
        return report

    @staticmethod
    def delete(db: Session, report_id: int) -> bool:
        return delete_row(db, db.get(MonthlyReport, report_id))

    @staticmethod
    def lease(db: Session, report_id: int, month: date, now: datetime, until: datetime) -> bool:
        """Lease the report of *month*; False if another process has leased or sent it. Commit before sending."""
        is_new = MonthlyReport.month < month
        is_tried_again = and_(MonthlyReport.month == month, MonthlyReport.due_at <= now)
        taken = (
            update(MonthlyReport)
            .where(MonthlyReport.id == report_id, MonthlyReport.is_enabled, or_(is_new, is_tried_again))
            .values(
                month=month,
                due_at=until,
                attempts=case((is_new, 1), else_=MonthlyReport.attempts + 1),
                answer=case((is_new, null()), else_=MonthlyReport.answer),
                sent_at=None,
            )
            .returning(MonthlyReport.id)
        )
        return db.scalar(taken) is not None

    @staticmethod
    def finish(
        db: Session,
        report_id: int,
        leased_until: datetime,
        *,
        answer: str,
        sent_at: datetime | None = None,
        due_at: datetime | None = None,
    ) -> None:
        """Store the result, unless the lease expired and another process has it. *due_at* is the next attempt."""
        kept = (
            update(MonthlyReport)
            .where(MonthlyReport.id == report_id, MonthlyReport.due_at == leased_until)
            .values(answer=answer, sent_at=sent_at, due_at=due_at)
            .returning(MonthlyReport)
            .execution_options(populate_existing=True)
        )
        report = db.scalar(kept)
        if report is not None and due_at is None:
            ended_at = sent_at or utc_now()
            is_taken = sent_at is not None
            ReportDeliveryCRUD.add(
                db, report, report.month, ended_at=ended_at, is_planned=True, is_taken=is_taken, answer=answer
            )


class ReportDeliveryCRUD:
    """The deliveries of reports."""

    @staticmethod
    def add(
        db: Session,
        report: MonthlyReport,
        month: date,
        *,
        ended_at: datetime,
        is_planned: bool,
        is_taken: bool,
        answer: str,
    ) -> None:
        """Store a delivery, and delete the report's oldest ones beyond `MAX_DELIVERIES`."""
        db.add(
            ReportDelivery(
                report_id=report.id,
                month=month,
                recipients=report.recipients,
                is_planned=is_planned,
                is_taken=is_taken,
                ended_at=ended_at,
                answer=answer,
            )
        )
        db.flush()
        oldest = select(ReportDelivery.id).where(ReportDelivery.report_id == report.id)
        beyond = list(db.scalars(oldest.order_by(ReportDelivery.id.desc()).offset(MAX_DELIVERIES)))
        db.execute(delete(ReportDelivery).where(ReportDelivery.id.in_(beyond)))

    @staticmethod
    def get_by_report(db: Session, report_id: int, skip: int = 0, limit: int = 50) -> tuple[list[ReportDelivery], int]:
        """Return a page of a report's deliveries, newest first, and the total."""
        query = select(ReportDelivery).where(ReportDelivery.report_id == report_id).order_by(ReportDelivery.id.desc())
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def get_last(db: Session, count: int) -> list[ReportDelivery]:
        """Return the last *count* deliveries of each report, newest first."""
        order = ReportDelivery.id.desc()
        rank = func.row_number().over(partition_by=ReportDelivery.report_id, order_by=order).label("rank")
        ranked = select(ReportDelivery.id, rank).subquery()
        last = select(ReportDelivery).join(ranked, ranked.c.id == ReportDelivery.id).where(ranked.c.rank <= count)
        return list(db.scalars(last.order_by(order)))
