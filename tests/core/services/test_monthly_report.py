"""One process sends a month's report, and the result is stored."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from core.models import MonthlyReport
from core.schemas.monthly_report import MonthlyReportCreate, MonthlyReportUpdate
from core.services import MonthlyReportCRUD, NotificationChannelCRUD, ReportDeliveryCRUD
from core.services.monthly_report import MAX_DELIVERIES
from tests.core.notifications.conftest import make_channel
from tests.factories import NOON, at

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
MAIL = {"host": "127.0.0.1", "sender": "w@example.org", "recipients": ["x@example.org"], "security": "none"}


def make_report(db: Session, month: date = JANUARY, **overrides: object) -> MonthlyReport:
    channel = make_channel(db, name="Mail", kind="EMAIL", address=MAIL)
    given = {"channel_id": channel.id, "recipients": ["ada@example.org"]} | overrides
    return MonthlyReportCRUD.create(db, MonthlyReportCreate.model_validate(given), month)


def test_one_of_two_processes_claims_a_month_and_a_sent_month_is_not_claimed(store: Session) -> None:
    report, until = make_report(store), at(120)

    taken = [MonthlyReportCRUD.lease(store, report.id, FEBRUARY, NOON, until) for _ in range(2)]
    MonthlyReportCRUD.finish(store, report.id, until, answer="Accepted.", sent_at=at(3))

    store.refresh(report)
    assert taken == [True, False]
    assert (report.month, report.attempts, report.sent_at, report.due_at) == (FEBRUARY, 1, at(3), None)
    assert not MonthlyReportCRUD.lease(store, report.id, FEBRUARY, at(9_000), at(9_120))


def test_another_process_claims_a_month_after_the_lease_has_ended(store: Session) -> None:
    report = make_report(store)
    MonthlyReportCRUD.lease(store, report.id, FEBRUARY, NOON, at(120))

    early = MonthlyReportCRUD.lease(store, report.id, FEBRUARY, at(119), at(240))
    later = MonthlyReportCRUD.lease(store, report.id, FEBRUARY, at(120), at(240))
    MonthlyReportCRUD.finish(store, report.id, at(120), answer="Too late.", sent_at=at(121))

    store.refresh(report)
    assert (early, later) == (False, True)
    assert (report.attempts, report.answer, report.due_at) == (2, None, at(240))


def test_the_next_month_starts_with_no_attempts(store: Session) -> None:
    report = make_report(store)
    MonthlyReportCRUD.lease(store, report.id, FEBRUARY, NOON, at(120))
    MonthlyReportCRUD.finish(store, report.id, at(120), answer="550 no.", due_at=at(130))

    MonthlyReportCRUD.lease(store, report.id, date(2026, 3, 1), at(99_999), at(100_100))

    store.refresh(report)
    assert (report.month, report.attempts, report.answer) == (date(2026, 3, 1), 1, None)


def test_an_enabled_report_does_not_send_missed_months(store: Session) -> None:
    report = make_report(store, is_enabled=False)

    MonthlyReportCRUD.update(store, report.id, MonthlyReportUpdate(is_enabled=True), FEBRUARY)

    assert report.month == FEBRUARY
    assert not MonthlyReportCRUD.lease(store, report.id, FEBRUARY, NOON, NOON + timedelta(minutes=2))


def test_deliveries_are_stored_with_recipients_and_only_the_newest_are_kept(store: Session) -> None:
    report, until = make_report(store), at(120)
    MonthlyReportCRUD.lease(store, report.id, FEBRUARY, NOON, until)
    MonthlyReportCRUD.finish(store, report.id, until, answer="451 later.", due_at=at(130))  # tried again: no end of it
    MonthlyReportCRUD.lease(store, report.id, FEBRUARY, at(130), at(250))
    MonthlyReportCRUD.finish(store, report.id, at(250), answer="Accepted.", sent_at=at(133))
    report.recipients = ["eve@example.org"]

    ((one,), total) = ReportDeliveryCRUD.get_by_report(store, report.id)
    assert total == 1
    assert (one.month, one.recipients, one.is_taken, one.ended_at) == (FEBRUARY, ["ada@example.org"], True, at(133))

    for _number in range(MAX_DELIVERIES):
        ReportDeliveryCRUD.add(
            store, report, FEBRUARY, ended_at=NOON, is_planned=False, is_taken=False, answer="550 no."
        )
    kept, total = ReportDeliveryCRUD.get_by_report(store, report.id)
    assert total == MAX_DELIVERIES and all(not one.is_planned for one in kept)


def test_a_report_is_deleted_with_its_channel(store: Session) -> None:
    report = make_report(store)

    NotificationChannelCRUD.delete(store, report.channel_id)

    assert MonthlyReportCRUD.get_all(store) == ([], 0)
