"""What is done to many websites at once."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import COMMAND_LINE
from core.database import run_in_session
from core.services import AuditEventCRUD, WebsiteCRUD
from dashboard import websites
from dashboard.acting import acting_as
from tests.factories import make_website


async def test_a_crowd_is_paused_at_once_and_who_is_gone_is_passed_over(stored: Engine) -> None:
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


def active(db: Session, website_id: int) -> bool | None:
    website = WebsiteCRUD.get_by_id(db, website_id)
    return website.is_active if website else None
