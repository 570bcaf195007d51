"""Subscribers of a status page get mails about downtime windows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import StatusMail, StatusPage
from core.notifications.status_mail import announce_window, merged
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
def test_a_mail_names_the_time_of_the_downtime(
    store: Session, ended_at: datetime | None, is_over: bool, words: str
) -> None:
    shop = make_website(store, name="Shop")
    window = make_window(store, shop, started_at=at(0), ended_at=ended_at)
    subscribe(store, [shop.id])

    announce_window(store, shop.id, window.id, is_over=is_over, now=at(0))

    assert store.query(StatusMail).one().text.splitlines()[0] == words


def test_right_to_left_names_reorder_no_sentence(store: Session) -> None:
    shop = make_website(store, name="Shop \u202egnp")
    window = make_window(store, shop, started_at=at(0))
    subscribe(store, [shop.id])

    announce_window(store, shop.id, window.id, is_over=False, now=at(0))

    mail = store.query(StatusMail).one()
    assert mail.subject == "Ours: \u2068Shop \u202egnp\u2069 is down"
    assert mail.text.startswith("\u2068Shop \u202egnp\u2069 is down. ")


def test_failures_within_a_minute_of_the_first_wait_to_be_merged(store: Session) -> None:
    websites = [make_website(store, name=name) for name in ("Shop", "Blog", "Wiki")]
    windows = [make_window(store, website, started_at=at(0)) for website in websites]
    subscribe(store, [website.id for website in websites])

    for seconds, (website, window) in enumerate(zip(websites, windows, strict=True)):
        announce_window(store, website.id, window.id, is_over=False, now=at(20 * seconds))

    first, *others = store.query(StatusMail).order_by(StatusMail.id)
    assert [first.due_at, *(mail.due_at for mail in others)] == [at(0), at(80), at(80)]
    page = store.query(StatusPage).one()
    subject, text = merged(page, others)
    assert subject == "Ours: 2 websites are down"
    assert text.splitlines()[:3] == [
        "Blog is down. Down since 2026-03-01 12:00 UTC.",
        "Wiki is down. Down since 2026-03-01 12:00 UTC.",
        "{root}/status/ours",
    ]
    assert text.count("unsubscribe") == 1
    assert merged(page, [first]) == (first.subject, first.text)


def test_a_recovery_is_not_due_before_its_failure(store: Session) -> None:
    shop, blog = (make_website(store, name=name) for name in ("Shop", "Blog"))
    subscribe(store, [shop.id, blog.id])
    for website in (shop, blog):
        window = make_window(store, website, started_at=at(0))
        announce_window(store, website.id, window.id, is_over=False, now=at(0))

    announce_window(store, blog.id, window.id, is_over=True, now=at(10))

    assert [mail.due_at for mail in store.query(StatusMail).order_by(StatusMail.id)] == [at(0), at(60), at(60)]


def test_a_subscriber_gets_one_mail_about_a_website_that_was_tagged_later(store: Session) -> None:
    other = make_website(store, tags=["acme", "eu"])
    subscribe(store, [other.id], tags=["acme", "eu"])
    shop = make_website(store, name="Shop", tags=["acme", "eu"])

    (told,) = StatusSubscriberCRUD.of_website(store, shop.id)

    assert (told[1].slug, told[2].name) == ("ours", "Shop")


def subscribe(store: Session, website_ids: list[int], tags: Sequence[str] = ()) -> None:
    """Subscribe Eve to a status page with these websites."""
    groups = [StatusGroup(website_ids=website_ids, tags=list(tags))]
    channel = NotificationChannelCRUD.create(
        store, NotificationChannelCreate(name="Mail", kind="EMAIL", address=ADDRESS), Sealer(b"a key of tests")
    )
    fields = StatusPageCreate(slug="ours", title="Ours", groups=groups, channel_id=channel.id)
    page = StatusPageCRUD.create(store, fields, None)
    eve = StatusSubscriberCRUD.ask(store, page.id, "eve@example.org", at(0), again_after=timedelta())
    assert eve is not None
    eve.confirmed_at = at(0)
    store.flush()
