"""Mails to subscribers are leased, sent and marked as sent; refused ones are retried."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session, run_in_session
from core.errors import NotDelivered
from core.models import StatusMail, StatusPage, StatusSubscriber
from core.notifications import status_mail
from core.notifications.links import Links
from core.notifications.message import Message
from core.notifications.retries import INTERNAL_ERROR, LEASE, MAX_ATTEMPTS
from core.notifications.status_mailer import BATCH_SIZE, StatusMailer
from core.schemas.notification_channel import EmailAddress, NotificationChannelCreate
from core.schemas.status_page import StatusPageCreate
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, StatusMailCRUD, StatusPageCRUD, StatusSubscriberCRUD

SEALER = Sealer(b"a key of tests that is long enough")
ADDRESS = {"host": "smtp.example", "sender": "a@b.example", "recipients": ["c@d.example"], "security": "none"}


@pytest.fixture
def asked(stored: Engine) -> None:
    run_in_session(_seed)


def _seed(db: Session) -> None:
    data = NotificationChannelCreate(name="Mail", kind="EMAIL", address=ADDRESS)
    channel = NotificationChannelCRUD.create(db, data, SEALER)
    page = StatusPageCRUD.create(db, StatusPageCreate(slug="ours", title="Ours", channel_id=channel.id), None)
    now = utc_now()
    subscriber = StatusSubscriberCRUD.ask(db, page.id, "eve@example.org", now, again_after=timedelta())
    assert subscriber is not None
    status_mail.request_confirmation(db, subscriber, page, now)


async def test_a_mail_is_addressed_to_one_subscriber_with_absolute_links(asked: None) -> None:
    sent: list[tuple[EmailAddress, Message]] = []

    def send(address: EmailAddress, message: Message, _key: str) -> str:
        sent.append((address, message))
        return "Accepted."

    mailer = StatusMailer(SEALER, Links(root="https://watch.example"), send)
    assert [await mailer.send_due(), await mailer.send_due()] == [1, 0]

    mail = await in_session(lambda db: db.query(StatusMail).one())
    assert mail.sent_at is not None and mail.answer == "Accepted."
    assert sent[0][0].recipients == ["eve@example.org"]
    assert "https://watch.example/status/ours/confirm?token=" in sent[0][1].text
    assert str(sent[0][1].unsubscribe_url).startswith("https://watch.example/status/ours/unsubscribe?token=")


async def test_a_refused_mail_is_retried(asked: None) -> None:
    def refuse(_address: EmailAddress, _message: Message, _key: str) -> str:
        raise NotDelivered("Mailbox full.")

    mailer = StatusMailer(SEALER, Links(root="https://watch.example"), refuse)
    now = utc_now()
    counts = [await mailer.send_due(), await mailer.send_due(), await mailer.send_due(now + timedelta(minutes=1))]

    mail = await in_session(lambda db: db.query(StatusMail).one())
    assert counts == [1, 0, 1]
    assert (mail.attempts, mail.answer, mail.sent_at) == (2, "Mailbox full.", None)
    assert await in_session(lambda db: db.query(StatusSubscriber).count()) == 1


async def test_a_mail_that_another_mailer_has_leased_is_left_alone(
    asked: None, clock_at: Callable[[datetime], None]
) -> None:
    def ask_another(db: Session) -> None:
        page = db.scalars(select(StatusPage)).one()
        subscriber = StatusSubscriberCRUD.ask(db, page.id, "ida@example.org", utc_now(), again_after=timedelta())
        assert subscriber is not None
        status_mail.request_confirmation(db, subscriber, page, utc_now())

    await in_session(ask_another)
    later, sent = utc_now() + timedelta(minutes=3), []

    def send(address: EmailAddress, _message: Message, _key: str) -> str:
        sent.append(address.recipients)
        clock_at(later)
        run_in_session(StatusMailCRUD.lease, later, later + LEASE, BATCH_SIZE, MAX_ATTEMPTS)
        return "Accepted."

    await StatusMailer(SEALER, Links(root="https://watch.example"), send).send_due()

    assert sent == [["eve@example.org"]]


async def test_a_mail_written_by_a_clock_that_was_ahead_is_sent_after_its_correction(
    stored: Engine, clock_at: Callable[[datetime], None]
) -> None:
    now = utc_now()
    clock_at(now + timedelta(days=400))
    await in_session(_seed)
    clock_at(now)

    mailer = StatusMailer(SEALER, Links(root="https://watch.example"), lambda *_given: "Accepted.")

    assert [await mailer.send_due(), await mailer.send_due()] == [1, 0]


async def test_simultaneous_failures_are_one_mail_per_subscriber(asked: None) -> None:
    run_in_session(_fail)
    sent: list[Message] = []

    def send(_address: EmailAddress, message: Message, _key: str) -> str:
        sent.append(message)
        return "Accepted."

    mailer = StatusMailer(SEALER, Links(root="https://watch.example"), send)

    count = await mailer.send_due()

    assert count == 4
    assert [message.title for message in sent] == [
        "Ours: confirm your subscription",
        "Ours: 2 websites are down",
        "Ours: Shop is back",
    ]
    assert await in_session(lambda db: db.query(StatusMail).filter(StatusMail.sent_at.is_(None)).count()) == 0


def _fail(db: Session) -> None:
    eve = db.query(StatusSubscriber).one()
    rows = [
        {
            "key": f"{window}:{kind}:{eve.id}",
            "subscriber_id": eve.id,
            "subject": f"Ours: {words}",
            "text": f"{words}.\n{{root}}/status/ours",
            "due_at": utc_now(),
            "attempts": 0,
            "created_at": utc_now(),
        }
        for window, kind, words in ((1, "down", "Shop is down"), (2, "down", "Blog is down"), (1, "up", "Shop is back"))
    ]
    StatusMailCRUD.add(db, rows)


async def test_an_internal_error_is_retried_and_stored(asked: None) -> None:
    def trip(_address: EmailAddress, _message: Message, _key: str) -> str:
        raise LookupError("nobody thought of it")

    mailer = StatusMailer(SEALER, Links(root="https://watch.example"), trip)
    counts = [await mailer.send_due(utc_now() + timedelta(hours=2 * hours)) for hours in range(MAX_ATTEMPTS + 2)]

    mail = await in_session(lambda db: db.query(StatusMail).one())
    assert (sum(counts), mail.sent_at, mail.answer) == (MAX_ATTEMPTS, None, INTERNAL_ERROR)
