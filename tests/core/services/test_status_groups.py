"""A status page shows websites that are listed individually or by tag."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import Website
from core.schemas.status_page import StatusPageCreate, StatusPageUpdate
from core.services import StatusPageCRUD, TagCRUD, WebsiteCRUD, status_groups
from tests.factories import make_website


def make_page(db: Session, groups: list[dict[str, Any]], slug: str = "ours") -> int:
    return StatusPageCRUD.create(db, StatusPageCreate(slug=slug, title="Ours", groups=groups), None).id


def shown(db: Session, page_id: int) -> list[tuple[str, list[int]]]:
    return [(group.name, group.website_ids) for group in status_groups.shown(db, page_id)]


@pytest.fixture
def sites(store: Session) -> list[Website]:
    """Three of the tag acme, by name, and one without."""
    return [
        make_website(store, name="b", tags=["acme"]),
        make_website(store, name="A", tags=["acme", "eu"]),
        make_website(store, name="c", tags=["acme"]),
        make_website(store, name="alone"),
    ]


def test_a_tag_shows_its_present_and_future_websites_by_name(store: Session, sites: list[Website]) -> None:
    b, a, c, alone = (site.id for site in sites)
    page = make_page(store, [{"name": "Acme", "tags": ["ACME"]}])

    before = shown(store, page)
    TagCRUD.change_for_websites(store, [alone], "acme", is_added=True)
    TagCRUD.change_for_websites(store, [b], "acme", is_added=False)

    assert before == [("Acme", [a, b, c])]
    assert shown(store, page) == [("Acme", [a, alone, c])]


def test_websites_above_the_limit_of_a_page_are_counted_once(
    store: Session, sites: list[Website], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make_page(store, [{"name": "", "website_ids": [sites[1].id, sites[3].id], "tags": ["acme", "eu"]}])
    monkeypatch.setattr(status_groups, "MAX_WEBSITES", 3)

    assert status_groups.left_out(store, page) == 1
    assert [len(ids) for _name, ids in shown(store, page)] == [3]
    assert status_groups.left_out(store, page + 1) == 0


def test_each_website_is_shown_once_and_an_individual_entry_comes_before_its_tag(
    store: Session, sites: list[Website]
) -> None:
    b, a, c, alone = (site.id for site in sites)
    groups: list[dict[str, Any]] = [
        {"name": "First", "website_ids": [alone], "tags": ["eu"]},
        {"name": "Acme", "tags": ["acme"]},
        {"name": "Last", "website_ids": [c]},
    ]

    page = make_page(store, groups)

    assert shown(store, page) == [("First", [alone, a]), ("Acme", [b]), ("Last", [c])]
    stored = status_groups.stored(store, [page])[page]
    assert [(group.name, group.website_ids, group.tags) for group in stored] == [
        ("First", [alone], ["eu"]),
        ("Acme", [], ["acme"]),
        ("Last", [c], []),
    ]


def test_a_group_of_an_unused_tag_is_stored_but_not_shown(store: Session, sites: list[Website]) -> None:
    page = make_page(store, [{"name": "Europe", "tags": ["eu"]}])

    WebsiteCRUD.delete(store, sites[1].id)

    assert shown(store, page) == []
    assert status_groups.stored(store, [page])[page][0].tags == ["eu"]
    assert [tag.name for tag in TagCRUD.get_used(store, 10)] == ["acme", "eu"]


def test_a_page_can_change_its_groups_and_is_deleted_with_its_tags(store: Session, sites: list[Website]) -> None:
    page = make_page(store, [{"tags": ["acme"]}])

    StatusPageCRUD.update(store, page, StatusPageUpdate(groups=[{"website_ids": [sites[0].id]}]))

    assert shown(store, page) == [("", [sites[0].id])]
    StatusPageCRUD.update(store, page, StatusPageUpdate(groups=[{"tags": ["eu"]}]))
    assert StatusPageCRUD.delete(store, page)


def test_unknown_and_duplicate_entries_are_rejected(store: Session, sites: list[Website]) -> None:
    with pytest.raises(InvalidInput, match="There is no tag acne"):
        make_page(store, [{"tags": ["acne"]}])
    with pytest.raises(InvalidInput, match="There is no website 99999"):
        make_page(store, [{"website_ids": [99_999]}], slug="other")
    with pytest.raises(InvalidInput, match="There is no website -"):
        make_page(store, [{"website_ids": [-(2**70)]}], slug="third")
    with pytest.raises(ValueError, match="a tag can be on a status page only once"):
        make_page(store, [{"tags": ["acme"]}, {"name": "again", "tags": ["acme"]}])


def test_a_page_that_shows_a_website_by_tag_is_found(store: Session, sites: list[Website]) -> None:
    make_page(store, [{"tags": ["eu"]}])

    assert [status_groups.is_shown(store, site.id) for site in sites] == [False, True, False, False]
