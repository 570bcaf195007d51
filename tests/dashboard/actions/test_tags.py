"""A tag is deleted with its websites."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.accounts.actor import COMMAND_LINE
from core.database import run_in_session
from core.errors import ChangedMeanwhile, NotFound
from core.services import AuditEventCRUD, NotificationRuleCRUD, TagCRUD, WebsiteCRUD
from dashboard.actions import tags
from dashboard.current_actor import acting_as
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import make_website


@pytest.fixture
def filled(stored: Engine) -> None:
    run_in_session(_fill)


def _fill(db: Session) -> None:
    for name in ("Shop", "Blog"):
        make_website(db, name=name, tags=["acme"])
    make_website(db, name="Other")
    tag = TagCRUD.get_by_name(db, "acme")
    assert tag
    make_rule(db, make_channel(db), name="Acme", tag_id=tag.id)


def there(db: Session) -> list[str]:
    return [website.name for website in WebsiteCRUD.get_all(db)[0]]


@pytest.mark.usefixtures("filled")
async def test_websites_and_rules_are_deleted_with_the_tag_and_audited() -> None:
    with acting_as(COMMAND_LINE):
        await tags.remove(await tags.contents("acme"))

    assert run_in_session(there) == ["Other"]
    assert run_in_session(NotificationRuleCRUD.get_all) == ([], 0)
    events, _total = run_in_session(AuditEventCRUD.get_all, limit=10)
    assert [event.action for event in events] == ["tag.delete", "website.delete", "website.delete"]
    assert events[0].details and events[0].details["websites"] == ["Blog", "Shop"]
    with pytest.raises(NotFound):
        await tags.contents("acme")


@pytest.mark.usefixtures("filled")
async def test_nothing_is_deleted_when_the_shown_list_is_out_of_date() -> None:
    shown = await tags.contents("acme")
    run_in_session(lambda db: make_website(db, name="New", tags=["acme"]).id)

    with acting_as(COMMAND_LINE), pytest.raises(ChangedMeanwhile):
        await tags.remove(shown)

    assert run_in_session(there) == ["Shop", "Blog", "Other", "New"]
