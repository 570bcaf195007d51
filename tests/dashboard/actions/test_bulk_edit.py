"""Many websites are changed at once, and back."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import COMMAND_LINE
from core.database import run_in_session
from core.errors import InvalidInput
from core.services import AuditEventCRUD, WebsiteCRUD
from dashboard.actions import bulk_edit, websites
from dashboard.current_actor import acting_as
from tests.factories import make_website


async def test_many_websites_are_paused_and_missing_ones_skipped(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_website(db).id) for _ in range(3)]
    told: list[int] = []
    disconnect = signals.website_changed.connect(lambda fact: told.append(fact.website_id))

    with acting_as(COMMAND_LINE):
        await bulk_edit.set_active([*ids, 999], is_active=False)
    disconnect()

    assert told == [*ids, 999]
    assert run_in_session(lambda db: [active(db, website_id) for website_id in ids]) == [False] * 3
    events, _total = run_in_session(AuditEventCRUD.get_all)
    assert [event.action for event in events].count("website.change") == len(ids)


def active(db: Session, website_id: int) -> bool | None:
    website = WebsiteCRUD.get_by_id(db, website_id)
    return website.is_active if website else None


async def test_undo_leaves_what_others_have_changed_since(stored: Engine) -> None:
    ids = run_in_session(lambda db: [make_website(db, name=name).id for name in ("Shop", "Blog", "Docs")])
    shop, blog, docs = ids

    with acting_as(COMMAND_LINE):
        edit = await bulk_edit.change_all(ids, {"timeout": "20", "check_interval": "300", "auto_debug": False})
        await websites.change(blog, {"check_interval": 120})
        await websites.change(docs, {"check_interval": 900, "timeout": 30, "auto_debug": None})
        kept = await bulk_edit.undo(edit)

    assert kept == ["Blog", "Docs"]
    now = run_in_session(lambda db: WebsiteCRUD.get_by_ids(db, ids))
    values = {one.id: (one.timeout, one.check_interval, one.auto_debug) for one in now}
    assert values == {shop: (10, 60, None), blog: (10, 120, None), docs: (30, 900, None)}


async def test_undo_restores_no_value_that_no_longer_fits(stored: Engine) -> None:
    website_id = run_in_session(lambda db: make_website(db, name="Shop", timeout=60, check_interval=60).id)

    with acting_as(COMMAND_LINE):
        edit = await bulk_edit.change_all([website_id], {"timeout": "5", "check_interval": "120"})
        await websites.change(website_id, {"check_interval": 20})
        kept = await bulk_edit.undo(edit)

    assert kept == ["Shop"]
    (website,) = run_in_session(lambda db: WebsiteCRUD.get_by_ids(db, [website_id]))
    assert (website.timeout, website.check_interval) == (5, 20)


async def test_many_websites_are_changed_together_or_not_at_all(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_website(db).id) for _ in range(2)]
    fast = run_in_session(lambda db: make_website(db, name="Fast", check_interval=10).id)

    with acting_as(COMMAND_LINE):
        with pytest.raises(InvalidInput, match=r"Fast: the timeout \(20 s\) must not be longer"):
            await bulk_edit.change_all([*ids, fast], {"timeout": "20"})
        before = run_in_session(lambda db: [one.timeout for one in WebsiteCRUD.get_all(db)[0]])
        await bulk_edit.change_all([*ids, fast, 999], {"timeout": "20", "check_interval": "30", "auto_debug": None})

    assert before == [10, 10, 10]
    changed = run_in_session(lambda db: WebsiteCRUD.get_all(db)[0])
    assert {(one.timeout, one.check_interval, one.auto_debug) for one in changed} == {(20, 30, None)}
