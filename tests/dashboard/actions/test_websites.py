"""Actions on many websites at once."""

from typing import cast

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import COMMAND_LINE
from core.database import run_in_session
from core.errors import InvalidInput, MonitorUnavailable
from core.services import AuditEventCRUD, WebsiteCRUD
from core.workers.monitor_link import MonitorLink
from dashboard.actions import websites
from dashboard.current_actor import acting_as
from tests.factories import make_website


async def test_many_websites_are_paused_and_missing_ones_skipped(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_website(db).id) for _ in range(3)]
    told: list[int] = []
    disconnect = signals.website_changed.connect(lambda fact: told.append(fact.website_id))

    with acting_as(COMMAND_LINE):
        await websites.set_active([*ids, 999], is_active=False)
    disconnect()

    assert told == [*ids, 999]
    assert run_in_session(lambda db: [active(db, website_id) for website_id in ids]) == [False] * 3
    events, _total = run_in_session(AuditEventCRUD.get_all)
    assert [event.action for event in events].count("website.change") == len(ids)


class Monitor:
    """A monitor that runs a limited number of requested checks, then stops answering."""

    def __init__(self, *, checks: int = 1_000) -> None:
        self.checked: list[int] = []
        self._left = checks

    async def check_now(self, website_id: int) -> None:
        if self._left == 0:
            raise MonitorUnavailable("The monitor does not answer.")
        self._left -= 1
        self.checked.append(website_id)


async def test_many_websites_are_checked_and_missing_ones_skipped(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_website(db).id) for _ in range(30)]
    monitor = Monitor()

    with acting_as(COMMAND_LINE):
        await websites.check_all_now(cast("MonitorLink", monitor), [999, *ids])

    assert sorted(monitor.checked) == ids
    events, _total = run_in_session(AuditEventCRUD.get_all, limit=100)
    assert [event.action for event in events].count("website.check_now") == len(ids)


async def test_an_unavailable_monitor_is_reported_once_and_not_awaited_again(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_website(db).id) for _ in range(60)]
    monitor = Monitor(checks=2)

    with acting_as(COMMAND_LINE), pytest.raises(MonitorUnavailable, match="does not answer"):
        await websites.check_all_now(cast("MonitorLink", monitor), ids)

    assert len(monitor.checked) == 2


def active(db: Session, website_id: int) -> bool | None:
    website = WebsiteCRUD.get_by_id(db, website_id)
    return website.is_active if website else None


async def test_undo_leaves_what_others_have_changed_since(stored: Engine) -> None:
    ids = run_in_session(lambda db: [make_website(db, name=name).id for name in ("Shop", "Blog", "Docs")])
    shop, blog, docs = ids

    with acting_as(COMMAND_LINE):
        edit = await websites.change_all(ids, {"timeout": "20", "check_interval": "300", "auto_debug": False})
        await websites.change(blog, {"check_interval": 120})
        await websites.change(docs, {"check_interval": 900, "timeout": 30, "auto_debug": None})
        kept = await websites.undo(edit)

    assert kept == ["Blog", "Docs"]
    now = run_in_session(lambda db: WebsiteCRUD.get_by_ids(db, ids))
    values = {one.id: (one.timeout, one.check_interval, one.auto_debug) for one in now}
    assert values == {shop: (10, 60, None), blog: (10, 120, None), docs: (30, 900, None)}


async def test_undo_restores_no_value_that_no_longer_fits(stored: Engine) -> None:
    website_id = run_in_session(lambda db: make_website(db, name="Shop", timeout=60, check_interval=60).id)

    with acting_as(COMMAND_LINE):
        edit = await websites.change_all([website_id], {"timeout": "5", "check_interval": "120"})
        await websites.change(website_id, {"check_interval": 20})
        kept = await websites.undo(edit)

    assert kept == ["Shop"]
    (website,) = run_in_session(lambda db: WebsiteCRUD.get_by_ids(db, [website_id]))
    assert (website.timeout, website.check_interval) == (5, 20)


async def test_many_websites_are_changed_together_or_not_at_all(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_website(db).id) for _ in range(2)]
    fast = run_in_session(lambda db: make_website(db, name="Fast", check_interval=10).id)

    with acting_as(COMMAND_LINE):
        with pytest.raises(InvalidInput, match=r"Fast: the timeout \(20 s\) must not be longer"):
            await websites.change_all([*ids, fast], {"timeout": "20"})
        before = run_in_session(lambda db: [one.timeout for one in WebsiteCRUD.get_all(db)[0]])
        await websites.change_all([*ids, fast, 999], {"timeout": "20", "check_interval": "30", "auto_debug": None})

    assert before == [10, 10, 10]
    changed = run_in_session(lambda db: WebsiteCRUD.get_all(db)[0])
    assert {(one.timeout, one.check_interval, one.auto_debug) for one in changed} == {(20, 30, None)}
