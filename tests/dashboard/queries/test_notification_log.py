"""The log of notifications, filtered and page by page."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import NotificationEvent, NotificationState
from core.services import NotificationCRUD
from dashboard.queries.notification_log import PAGE_SIZE, load
from tests.core.notifications.conftest import make_channel
from tests.factories import NOON, make_website

HOUR = timedelta(hours=1)


@pytest.fixture
def ids(store: Session) -> dict[str, int]:
    """The ids of two channels and two websites, about which things were sent."""
    chat, pager = make_channel(store, name="Chat"), make_channel(store, name="Pager")
    shop, blog = make_website(store, name="Shop"), make_website(store, name="Blog")
    sent = [
        (chat.id, shop.id, NotificationState.SENT, 1),
        (pager.id, shop.id, NotificationState.FAILED, 2),
        (pager.id, blog.id, NotificationState.SENT, 30),
        (chat.id, blog.id, NotificationState.PENDING, 0),
    ]
    rows = [
        {
            "key": str(number),
            "event": NotificationEvent.DOWN,
            "channel_id": channel_id,
            "website_id": website_id,
            "state": state,
            **dict.fromkeys(("happened_at", "due_at", "created_at"), NOON - hours * HOUR),
        }
        for number, (channel_id, website_id, state, hours) in enumerate(sent)
    ]
    NotificationCRUD.add(store, rows)
    return {"chat": chat.id, "pager": pager.id, "shop": shop.id, "blog": blog.id}


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, [("Blog", "Chat"), ("Shop", "Chat"), ("Shop", "Pager"), ("Blog", "Pager")]),
        ({"channel": "pager"}, [("Shop", "Pager"), ("Blog", "Pager")]),
        ({"website": "blog"}, [("Blog", "Chat"), ("Blog", "Pager")]),
        ({"state": "failed"}, [("Shop", "Pager")]),
        ({"state": "pending"}, [("Blog", "Chat")]),
        ({"range": "24 h"}, [("Blog", "Chat"), ("Shop", "Chat"), ("Shop", "Pager")]),
        ({"channel": "chat", "website": "shop", "state": "sent", "range": "24 h"}, [("Shop", "Chat")]),
        ({"channel": "chat", "state": "failed"}, []),
        (
            {"state": "burnt", "range": "ever", "channel": "999", "website": "999"},
            [("Blog", "Chat"), ("Shop", "Chat"), ("Shop", "Pager"), ("Blog", "Pager")],
        ),
    ],
    ids=["all", "channel", "website", "failed", "pending", "time", "all filters", "nothing", "unknown values"],
)
def test_filters_select_notifications(
    store: Session, ids: dict[str, int], chosen: Mapping[str, str], found: list[tuple[str, str]]
) -> None:
    shown = load(store, {name: str(ids.get(value, value)) for name, value in chosen.items()}, 1, now=NOON)

    assert [(one.what.split()[0], one.channel) for one in shown.notifications] == found
    assert shown.total == len(found)


def test_a_later_page_has_the_older_ones(store: Session) -> None:
    channel, website = make_channel(store), make_website(store)
    of = {"event": NotificationEvent.DOWN, "channel_id": channel.id, "website_id": website.id}
    moments = [NOON - number * HOUR for number in range(PAGE_SIZE + 2)]
    NotificationCRUD.add(
        store, [{"key": str(at), "happened_at": at, "due_at": at, "created_at": at, **of} for at in moments]
    )

    shown = load(store, {}, 2, now=NOON)

    assert [one.at for one in shown.notifications] == moments[PAGE_SIZE:]
    assert shown.total == PAGE_SIZE + 2
