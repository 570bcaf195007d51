"""A month's report is sent once, however many servers look, and retried when it is not accepted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import clock
from core.database import run_in_session
from core.errors import NotDelivered
from core.models import MonthlyReport
from core.notifications.message import Message
from core.notifications.retries import INTERNAL_ERROR, MAX_ATTEMPTS
from core.schemas.notification_channel import EmailAddress
from core.services import MonthlyReportCRUD, NotificationChannelCRUD
from dashboard.reports.monthly_mailer import MonthlyMailer
from tests.core.notifications.conftest import SEALER
from tests.core.services.test_monthly_report import make_report
from tests.factories import make_website

FIRST = datetime(2026, 4, 1, 6, 30, tzinfo=UTC)


@dataclass
class Mails:
    """A fake of the mail server."""

    taken: list[tuple[EmailAddress, Message, str]] = field(default_factory=list)
    refuses: Exception | None = None

    def __call__(self, address: EmailAddress, message: Message, key: str) -> str:
        if self.refuses is not None:
            raise self.refuses
        self.taken.append((address, message, key))
        return "Accepted."


@pytest.fixture
def first() -> Iterator[None]:
    """The first of April, in the morning."""
    clock.set_clock(FIRST)
    yield
    clock.set_clock(datetime.now(UTC))


@pytest.fixture
def asked(stored: Engine) -> None:
    def seed(db: Session) -> None:
        make_website(db, name="Shop")
        make_report(db, date(2026, 2, 1))

    run_in_session(seed)


def report() -> MonthlyReport:
    return run_in_session(lambda db: MonthlyReportCRUD.get_all(db)[0][0])


async def test_a_report_is_sent_once_by_two_mailers(asked: None, first: None) -> None:
    mails = Mails()
    one, other = MonthlyMailer(SEALER, mails), MonthlyMailer(SEALER, mails)

    counts = [await one.send_due(), await other.send_due(), await one.send_due()]

    ((address, message, key),) = mails.taken
    assert counts == [1, 0, 0]
    assert address.recipients == ["ada@example.org"] and key == "report:1:2026-03"
    assert message.title == "Uptime of all websites in March 2026: no data"
    assert (report().month, report().due_at, report().answer) == (date(2026, 3, 1), None, "Accepted.")
    assert report().sent_at is not None


async def test_a_late_start_sends_only_the_last_month(asked: None, first: None) -> None:
    mails = Mails()
    clock.set_clock(datetime(2026, 8, 20, tzinfo=UTC))

    await MonthlyMailer(SEALER, mails).send_due()

    assert [key for _address, _message, key in mails.taken] == ["report:1:2026-07"]


async def test_a_refused_report_is_retried_with_its_key_then_given_up(asked: None, first: None) -> None:
    mails = Mails(refuses=NotDelivered("550 no such mailbox."))
    mailer = MonthlyMailer(SEALER, mails)
    counts = []
    for _attempt in range(MAX_ATTEMPTS + 2):
        counts.append(await mailer.send_due())
        clock.set_clock(clock.utc_now() + timedelta(hours=1, minutes=1))

    assert sum(counts) == MAX_ATTEMPTS
    assert (report().sent_at, report().due_at, report().answer) == (None, None, "550 no such mailbox.")

    mails.refuses = None
    clock.set_clock(datetime(2026, 5, 1, 7, tzinfo=UTC))
    await mailer.send_due()
    assert [key for _address, _message, key in mails.taken] == ["report:1:2026-04"]


async def test_an_unexpected_error_is_retried_then_given_up(asked: None, first: None) -> None:
    mails = Mails(refuses=LookupError("nobody thought of it"))
    mailer = MonthlyMailer(SEALER, mails)
    counts = []
    for _attempt in range(MAX_ATTEMPTS + 2):
        counts.append(await mailer.send_due())
        clock.set_clock(clock.utc_now() + timedelta(hours=1, minutes=1))

    assert sum(counts) == MAX_ATTEMPTS
    assert (report().sent_at, report().due_at, report().answer) == (None, None, INTERNAL_ERROR)


async def test_nothing_is_sent_for_an_unused_tag(stored: Engine, first: None) -> None:
    run_in_session(lambda db: make_report(db, date(2026, 2, 1), tag="acme"))
    mails = Mails()
    mailer = MonthlyMailer(SEALER, mails)

    counts = [await mailer.send_due(), await mailer.send_due()]

    assert (counts, mails.taken, report().due_at) == ([1, 0], [], None)
    assert report().answer == "Nothing was sent. No website has this tag."


async def test_a_disabled_channel_is_reported(asked: None, first: None) -> None:
    def switch_off(db: Session) -> None:
        NotificationChannelCRUD.get_all(db)[0][0].is_enabled = False

    run_in_session(switch_off)
    mails = Mails()

    await MonthlyMailer(SEALER, mails).send_due()

    assert mails.taken == [] and report().answer == "It has no enabled e-mail channel."
    assert report().due_at is not None
