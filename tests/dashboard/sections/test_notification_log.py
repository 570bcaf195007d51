"""The log on the notifications page in a browser."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import NotificationEvent, NotificationState
from core.services import NotificationCRUD
from tests import sqlite
from tests.accounts import let_in, sign_in
from tests.conftest import SEALING_KEY
from tests.core.notifications.conftest import make_channel
from tests.dashboard.axe import serious_findings
from tests.e2e.server import Server
from tests.factories import make_website

SENT = 60  # more than a page


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two channels, one of which failed once."""
    data_dir = tmp_path_factory.mktemp("log") / "data"
    data_dir.mkdir()
    sqlite.new_store(data_dir / "watchwright.sqlite3")
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        _fill(db)
    engine.dispose()
    with Server(data_dir=data_dir, settings={"WATCHWRIGHT_SECRET_KEY": SEALING_KEY}) as server:
        yield server


@pytest.fixture(autouse=True)
def visitor(page: Page) -> None:
    """The page has signed in."""
    sign_in(page.context)


def _fill(db: Session) -> None:
    let_in(db)
    chat, pager = make_channel(db, name="Chat"), make_channel(db, name="Pager")
    website = make_website(db, name="Shop", url="http://127.0.0.1:9/", is_active=False)
    now = utc_now()
    rows = [
        {
            "key": str(number),
            "event": NotificationEvent.DOWN,
            "channel_id": chat.id if number else pager.id,
            "website_id": website.id,
            "state": NotificationState.SENT if number else NotificationState.FAILED,
            "answer": f"200 OK: {number}" if number else "403 Forbidden",
            **dict.fromkeys(("happened_at", "due_at", "created_at"), now - timedelta(minutes=number)),
        }
        for number in range(SENT)
    ]
    NotificationCRUD.add(db, rows)


def test_filters_are_in_the_url_and_go_back(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/notifications")
    log = page.get_by_role("region", name="Recent notifications")
    rows = log.get_by_role("listitem")
    expect(rows).to_have_count(50)

    log.get_by_label("State").focus()
    log.get_by_label("State").select_option("Failed")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("403 Forbidden")
    expect(page).to_have_url(re.compile(r"/notifications\?state=failed$"))
    expect(log.get_by_label("State")).to_be_focused()
    log.get_by_label("Channel").select_option("Chat")
    expect(log.get_by_text("No notifications match the filters.")).to_be_visible()
    assert serious_findings(page) == []
    page.go_back()
    expect(rows).to_have_count(1)
    expect(log.get_by_label("Channel")).to_have_value("")
    page.reload()
    expect(rows).to_have_count(1)
    expect(log.get_by_label("State")).to_have_value("failed")

    log.get_by_role("link", name="Clear filters").click()

    expect(rows).to_have_count(50)
    expect(page).to_have_url(re.compile(r"/notifications$"))
    expect(log.get_by_role("link", name="Clear filters")).to_be_hidden()


def test_older_notifications_follow_in_place(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/notifications?channel=1")
    log = page.get_by_role("region", name="Recent notifications")
    expect(log.get_by_role("listitem")).to_have_count(50)

    log.get_by_role("link", name="Older").click()

    expect(log.get_by_role("listitem")).to_have_count(SENT - 1 - 50)
    expect(page).to_have_url(re.compile(r"\?channel=1&page=2$"))
    expect(log.get_by_role("heading", name="Recent notifications")).to_be_in_viewport()
    page.reload()
    expect(log.get_by_text("Page 2 of 2")).to_be_visible()


def test_filters_are_two_columns_on_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/notifications?state=failed")
    log = page.get_by_role("region", name="Recent notifications")
    expect(log.get_by_role("listitem")).to_have_count(1)

    places = log.get_by_role("combobox").evaluate_all(
        "all => all.map((it) => it.getBoundingClientRect()).map(({ x, width }) => [x, width])"
    )

    assert len(places) == 4
    assert len({round(x) for x, _width in places}) == 2
    assert len({round(width) for _x, width in places}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 390
