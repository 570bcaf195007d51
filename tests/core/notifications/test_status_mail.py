"""What subscribers of a status page are told of a downtime window."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import StatusMail
from core.notifications.status_mail import announce_window
from core.schemas.notification_channel import NotificationChannelCreate
from core.schemas.status_page import StatusGroup, StatusPageCreate
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, StatusPageCRUD, StatusSubscriberCRUD
from tests.factories import at, make_website, make_window

ADDRESS = {"host": "smtp.example", "sender": "a@b.example", "recipients": ["c@d.example"], "security": "none"}


@pytest.mark.parametrize(
    ("ended_at", "is_over", "words"),
    [
        (None, False, "Shop is down. Down since 2026-03-01 12:00 UTC."),
        (at(600), True, "Shop is back. It was down from 2026-03-01 12:00 to 12:10 UTC."),
        (at(86_400), True, "Shop is back. It was down from 2026-03-01 12:00 to 2026-03-02 12:00 UTC."),
    ],
    ids=["down", "back", "back the day after"],
)
def test_when_it_was_down_is_told(store: Session, ended_at: datetime | None, is_over: bool, words: str) -> None:
    shop = make_website(store, name="Shop")
    window = make_window(store, shop, started_at=at(0), ended_at=ended_at)
    groups = [StatusGroup(website_ids=[shop.id])]
    channel = NotificationChannelCRUD.create(
        store, NotificationChannelCreate(name="Mail", kind="EMAIL", address=ADDRESS), Sealer(b"a key of tests")
    )
    fields = StatusPageCreate(slug="ours", title="Ours", groups=groups, channel_id=channel.id)
    page = StatusPageCRUD.create(store, fields, None)
    eve = StatusSubscriberCRUD.ask(store, page.id, "eve@example.org", at(0), again_after=timedelta())
    assert eve is not None
    eve.confirmed_at = at(0)
    store.flush()

    announce_window(store, shop.id, window.id, is_over=is_over, now=at(0))

    assert store.query(StatusMail).one().text.splitlines()[0] == words
