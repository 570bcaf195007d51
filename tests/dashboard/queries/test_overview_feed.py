"""The overview's feed sends a page each change, including those made while no page was open."""

import asyncio
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from nicegui import Client
from nicegui.page import page as page_of_nicegui
from sqlalchemy import Engine, event

from core import database, signals
from core.models import MonitorStatus, Website
from dashboard.components.website_list import Row, WebsiteList
from dashboard.pages.overview import Overview
from dashboard.queries import overview_feed
from dashboard.queries.overview_feed import Changes, OverviewFeed
from tests.factories import make_check, make_website

if TYPE_CHECKING:
    from dashboard.runtime import Runtime

pytestmark = pytest.mark.usefixtures("stored")

FAILING = "FAILING"  # the status until the failure is confirmed
SOON = 10.0  # seconds: less than the feed waits while no page is open


@pytest.fixture
async def feed(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OverviewFeed]:
    monkeypatch.setattr(overview_feed, "TICK_SECONDS", 0.0)  # without an open page it sleeps at once
    feed = OverviewFeed()
    await feed.start()
    yield feed
    await feed.stop()


def website() -> int:
    with database.session_scope() as db:
        return make_website(db, name="Shop").id


def check(website_id: int, status: MonitorStatus) -> None:
    """Store a check and send its signal, as the monitor does."""
    with database.session_scope() as db:
        check_id = make_check(db, db.get_one(Website, website_id), status=status).id
    signals.check_recorded.send(signals.CheckRecorded(website_id=website_id, check_id=check_id))


async def test_page_that_opens_shows_earlier_changes(feed: OverviewFeed) -> None:
    shop = website()
    await feed.rows()
    check(shop, MonitorStatus.DOWN)

    (row,) = await feed.rows()

    assert FAILING in row


async def test_a_page_that_is_cancelled_while_it_reads_loses_no_change(feed: OverviewFeed) -> None:
    shop = website()
    await feed.rows()
    check(shop, MonitorStatus.DOWN)
    opening = asyncio.ensure_future(feed.rows())
    await asyncio.sleep(0)

    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    (row,) = await feed.rows()

    assert FAILING in row


async def test_many_waiting_checks_are_read_without_an_open_page(
    feed: OverviewFeed, stored: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview_feed, "IDLE_CHECKS", 2)
    shop, loop, read = website(), asyncio.get_running_loop(), asyncio.Event()
    await feed.rows()

    @event.listens_for(stored, "before_cursor_execute")
    def _note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT monitor_checks"):
            loop.call_soon_threadsafe(read.set)

    check(shop, MonitorStatus.UP)
    await asyncio.sleep(0)
    was_one_read = read.is_set()
    check(shop, MonitorStatus.UP)

    await asyncio.wait_for(read.wait(), SOON)
    assert not was_one_read


async def test_open_page_receives_a_check(feed: OverviewFeed) -> None:
    shop = website()
    await feed.rows()
    told: asyncio.Queue[Changes] = asyncio.Queue()

    feed.follow(told.put_nowait)
    check(shop, MonitorStatus.UP)

    changes = await asyncio.wait_for(told.get(), SOON)
    assert [wire[0] for wire in changes.checks] == [shop]


class _Sessions:
    """The part of the debug sessions that the list uses."""

    @staticmethod
    def unavailable_reason() -> str | None:
        return None


def _row(website_id: int, name: str) -> list[object]:
    nothing = {"url": "", "tags": [], "is_active": True}
    unknown = {"error": None, "day": None, "month": None, "checked_at": None, "down_since": None}
    facts: dict[str, Any] = {**nothing, **unknown}
    return list(Row(id=website_id, name=name, **facts).wire())


async def test_page_with_early_changes_shows_all_websites(nicegui_loop: None) -> None:
    shop, blog = _row(1, "Shop"), _row(2, "Blog")

    with Client(page_of_nicegui("")) as client:
        overview = Overview(cast("Runtime", SimpleNamespace(sessions=_Sessions)), OverviewFeed())
        overview.show_changes(Changes(rows=[shop], checks=[], removed=[]))
        overview.draw_list([shop, blog])
        await asyncio.sleep(0)  # run scheduled callbacks
        (listed,) = [element for element in client.elements.values() if isinstance(element, WebsiteList)]

    assert json.loads(listed.props["rows"]) == [shop, blog]
