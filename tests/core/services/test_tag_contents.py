"""What is deleted with a tag, and what stays."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import (
    MaintenanceWindow,
    MonthlyReport,
    NotificationChannel,
    NotificationRule,
    StatusPage,
    Tag,
    Website,
)
from core.schemas.monthly_report import MonthlyReportCreate
from core.schemas.status_page import StatusGroup, StatusPageCreate
from core.services import MonthlyReportCRUD, StatusPageCRUD, TagCRUD, WebsiteCRUD, status_groups, tag_contents
from core.services.tag_contents import Named, TagContents
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import make_maintenance, make_website


@pytest.fixture
def contents(store: Session) -> TagContents:
    """What belongs to the tag acme, in a store with as much that does not."""
    both = make_website(store, name="Both", tags=["acme", "eu"]).id
    shop = make_website(store, name="acme shop", tags=["acme"])
    shop.managed_by, acme = "acme.yaml", shop.id
    other = make_website(store, name="Other", tags=["eu"]).id
    tag, eu = TagCRUD.get_by_name(store, "acme"), TagCRUD.get_by_name(store, "eu")
    assert tag and eu
    desk, theirs, mail = (make_channel(store, name=name) for name in ("Desk", "Their chat", "Their pager"))
    make_rule(store, desk, name="Everything")
    make_rule(store, desk, name="Acme for us", tag_id=tag.id)
    make_rule(store, theirs, name="Acme", tag_id=tag.id)
    make_rule(store, mail, name="Shop", website_id=acme)
    make_rule(store, desk, name="EU", tag_id=eu.id)
    make_maintenance(store, name="Acme backup", tag_id=tag.id)
    make_maintenance(store, name="Move", website_id=both)
    make_maintenance(store, name="EU backup", tag_id=eu.id)
    _report(store, desk, tag="acme", recipients=["ada@example.org", "bob@example.org"])
    _report(store, desk, tag=None, recipients=["us@example.org"])
    _page(store, "Acme", StatusGroup(name="", tags=["acme"]))
    _page(store, "Acme shop only", StatusGroup(name="", website_ids=[acme]))
    _page(store, "All", StatusGroup(name="", website_ids=[acme, other]))
    _page(store, "By region", StatusGroup(name="", tags=["acme", "eu"]))
    _page(store, "Elsewhere", StatusGroup(name="", website_ids=[other]))
    found = tag_contents.read(store, "acme")
    assert found
    return found


def _report(db: Session, channel: NotificationChannel, **given: object) -> None:
    data = MonthlyReportCreate.model_validate({"channel_id": channel.id, "timezone": "UTC", **given})
    MonthlyReportCRUD.create(db, data, date(2026, 3, 1))


def _page(db: Session, title: str, group: StatusGroup) -> None:
    data = StatusPageCreate(slug=title.lower().replace(" ", "-"), title=title, groups=[group])
    StatusPageCRUD.create(db, data, None)


def names(rows: list[Named]) -> list[str]:
    return [name for _id, name in rows]


def test_all_that_belongs_to_a_tag_is_listed(contents: TagContents) -> None:
    assert names(contents.websites) == ["acme shop", "Both"]
    assert names(contents.rules) == ["Acme", "Acme for us", "Shop"]
    assert names(contents.maintenance) == ["Acme backup", "Move"]
    assert names(contents.reports) == ["ada@example.org, bob@example.org"]
    assert names(contents.pages) == ["Acme", "Acme shop only"]


def test_what_is_shared_with_others_stays(contents: TagContents) -> None:
    assert names(contents.kept_pages) == ["All", "By region"]
    assert names(contents.unused_channels) == ["Their chat", "Their pager"]
    assert contents.managed_by == ["acme.yaml"]


def test_exactly_what_was_listed_is_deleted(store: Session, contents: TagContents) -> None:
    for website_id, _name in contents.websites:
        WebsiteCRUD.delete(store, website_id)

    tag_contents.delete_rest(store, contents)

    assert set(store.scalars(select(Tag.name))) == {"eu"}
    assert set(store.scalars(select(Website.name))) == {"Other"}
    assert set(store.scalars(select(NotificationRule.name))) == {"Everything", "EU"}
    assert set(store.scalars(select(MaintenanceWindow.name))) == {"EU backup"}
    assert set(store.scalars(select(MonthlyReport.tag))) == {None}
    assert set(store.scalars(select(StatusPage.title))) == {"All", "By region", "Elsewhere"}
    assert set(store.scalars(select(NotificationChannel.name))) == {"Desk", "Their chat", "Their pager"}


def test_a_page_that_shows_others_by_now_stays(store: Session, contents: TagContents) -> None:
    page = StatusPageCRUD.get_by_slug(store, "acme")
    assert page
    (other,) = store.scalars(select(Website.id).where(Website.name == "Other"))
    status_groups.put(store, page.id, [StatusGroup(name="", website_ids=[other])])
    for website_id, _name in contents.websites:
        WebsiteCRUD.delete(store, website_id)

    tag_contents.delete_rest(store, contents)

    assert StatusPageCRUD.get_by_slug(store, "acme")


def test_an_unknown_tag_has_no_contents(store: Session) -> None:
    assert tag_contents.read(store, "acme") is None
