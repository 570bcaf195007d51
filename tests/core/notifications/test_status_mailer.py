"""Mails to subscribers are leased, sent and marked sent; what is not taken is tried again."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session, run_in_session
from core.errors import NotDelivered
from core.models import StatusMail, StatusSubscriber
from core.notifications import status_mail
from core.notifications.briefing import Links
from core.notifications.message import Message
from core.notifications.status_mailer import StatusMailer
from core.schemas.notification_channel import EmailAddress, NotificationChannelCreate
from core.schemas.status_page import StatusPageCreate
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, StatusPageCRUD, StatusSubscriberCRUD

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
    status_mail.ask(db, subscriber, page, now)


async def test_a_mail_goes_to_its_subscriber_alone_with_the_address_of_our_pages(asked: None) -> None:
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
    assert str(sent[0][1].leave).startswith("https://watch.example/status/ours/unsubscribe?token=")


async def test_what_is_not_taken_is_tried_again_later(asked: None) -> None:
    def refuse(_address: EmailAddress, _message: Message, _key: str) -> str:
        raise NotDelivered("Mailbox full.")

    mailer = StatusMailer(SEALER, Links(root="https://watch.example"), refuse)
    now = utc_now()
    counts = [await mailer.send_due(), await mailer.send_due(), await mailer.send_due(now + timedelta(minutes=1))]

    mail = await in_session(lambda db: db.query(StatusMail).one())
    assert counts == [1, 0, 1]
    assert (mail.attempts, mail.answer, mail.sent_at) == (2, "Mailbox full.", None)
    assert await in_session(lambda db: db.query(StatusSubscriber).count()) == 1
