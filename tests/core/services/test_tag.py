"""Tags are assigned to websites."""

import pytest
from sqlalchemy.orm import Session

from core.errors import AlreadyExists
from core.models import Tag
from core.schemas import TagCreate
from core.services import TagCRUD
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import make_maintenance, make_website


def test_a_tag_is_found_by_name_in_any_case(store: Session) -> None:
    tag = TagCRUD.create(store, TagCreate(name=" Shop "))

    assert tag.name == "shop"
    assert TagCRUD.get_by_name(store, "SHOP") is tag
    assert TagCRUD.get_all(store) == ([tag], 1)


def test_a_second_tag_with_the_same_name_is_refused(store: Session) -> None:
    TagCRUD.create(store, TagCreate(name="shop"))

    with pytest.raises(AlreadyExists):
        TagCRUD.create(store, TagCreate(name="Shop"))


def test_a_website_has_exactly_the_tags_set_last(store: Session) -> None:
    website, bare = make_website(store), make_website(store)

    TagCRUD.set_for_website(store, website.id, ["shop", "eu"])
    TagCRUD.set_for_website(store, website.id, ["EU", "Live"])

    borne = TagCRUD.of_websites(store, [website.id, bare.id])
    assert {key: [tag.name for tag in tags] for key, tags in borne.items()} == {website.id: ["eu", "live"]}
    assert TagCRUD.get_all(store)[1] == 3
    assert TagCRUD.set_for_website(store, website.id, []) == []
    assert TagCRUD.of_websites(store, [website.id]) == {}


def test_an_unused_tag_is_not_offered(store: Session) -> None:
    website = make_website(store)
    TagCRUD.set_for_website(store, website.id, ["shpo", "planned", "told", "eu"])
    make_maintenance(store, tag_id=named(store, "planned").id)
    make_rule(store, make_channel(store), tag_id=named(store, "told").id)

    TagCRUD.set_for_website(store, website.id, ["shop"])

    assert [tag.name for tag in TagCRUD.get_used(store, 50)] == ["planned", "shop", "told"]
    assert [tag.name for tag in TagCRUD.get_used(store, 1)] == ["planned"]


def named(store: Session, name: str) -> Tag:
    tag = TagCRUD.get_by_name(store, name)
    assert tag is not None
    return tag
