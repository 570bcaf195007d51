"""Changes by another process are announced here even if its signal was lost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import database, signals
from core.workers.follower import Follower
from tests.factories import make_check, make_website, make_window

SOON = 20.0  # s; takes half a second


@pytest.fixture
async def told(stored: Engine) -> AsyncIterator[asyncio.Queue[tuple[str, Any]]]:
    """What the follower repeats."""
    repeated: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    follower = Follower(stored, lambda signal, fact: repeated.put_nowait((signal.name, fact)), is_told=lambda: False)
    await follower.start()
    yield repeated
    await follower.stop()


async def test_changes_of_checks_windows_and_websites_by_another_process_are_announced(
    stored: Engine, told: asyncio.Queue[tuple[str, Any]]
) -> None:
    other = database.make_engine(stored.url.render_as_string())
    with Session(other) as db, db.begin():
        website = make_website(db)
        check, window = make_check(db, website), make_window(db, website)
        expected = {
            ("check_recorded", signals.CheckRecorded(website_id=website.id, check_id=check.id)),
            ("window_changed", signals.WindowChanged(website_id=website.id, window_id=window.id)),
            ("website_changed", signals.WebsiteChanged(website_id=website.id)),
        }
    other.dispose()

    heard = {await asyncio.wait_for(told.get(), SOON) for _ in expected}

    assert heard == expected


async def test_a_change_that_a_signal_announced_is_not_announced_again(
    stored: Engine, told: asyncio.Queue[tuple[str, Any]]
) -> None:
    other = database.make_engine(stored.url.render_as_string())
    with Session(other) as db, db.begin():
        website = make_website(db)
        known, news = make_check(db, website).id, make_check(db, website).id
        signals.check_recorded.send(signals.CheckRecorded(website_id=website.id, check_id=known))
    other.dispose()

    heard = [await asyncio.wait_for(told.get(), SOON) for _ in range(2)]

    checks = [fact.check_id for name, fact in heard if name == "check_recorded"]
    assert checks == [news]
