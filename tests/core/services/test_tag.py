"""Tags and the websites that bear them."""

import pytest
from sqlalchemy.orm import Session

from core.errors import AlreadyExists
from core.schemas import TagCreate, TagUpdate
from core.services import TagCRUD, WebsiteCRUD
from tests.factories import make_maintenance, make_website


def test_tag_is_found_by_name_in_any_case(store: Session) -> None:
    tag = TagCRUD.create(store, TagCreate(name=" Shop "))

    assert tag.name == "shop"
    assert TagCRUD.get_by_name(store, "SHOP") is tag
    assert TagCRUD.get_by_id(store, tag.id) is tag
    assert TagCRUD.get_all(store) == ([tag], 1)


def test_second_tag_of_a_name_is_refused(store: Session) -> None:
    TagCRUD.create(store, TagCreate(name="shop"))
    other = TagCRUD.create(store, TagCreate(name="blog"))

    with pytest.raises(AlreadyExists):
        TagCRUD.create(store, TagCreate(name="Shop"))
    with pytest.raises(AlreadyExists):
        TagCRUD.update(store, other.id, TagUpdate(name="shop"))
    assert TagCRUD.update(store, other.id, TagUpdate(name="news")) is other


def test_website_bears_exactly_the_tags_it_was_given_last(store: Session) -> None:
    website, bare = make_website(store), make_website(store)

    TagCRUD.set_for_website(store, website.id, ["shop", "eu"])
    TagCRUD.set_for_website(store, website.id, ["EU", "Live"])

    borne = TagCRUD.of_websites(store, [website.id, bare.id])
    assert {key: [tag.name for tag in tags] for key, tags in borne.items()} == {website.id: ["eu", "live"]}
    assert TagCRUD.get_all(store)[1] == 3
    assert TagCRUD.set_for_website(store, website.id, []) == []
    assert TagCRUD.of_websites(store, [website.id]) == {}


def test_deleting_a_tag_takes_its_maintenance_and_leaves_its_websites(store: Session) -> None:
    website = make_website(store)
    (tag,) = TagCRUD.set_for_website(store, website.id, ["shop"])
    window = make_maintenance(store, tag_id=tag.id)
    store.commit()
    store.expunge_all()

    assert TagCRUD.delete(store, tag.id) is True
    assert TagCRUD.delete(store, tag.id) is False

    assert TagCRUD.of_websites(store, [website.id]) == {}
    assert store.get(type(window), window.id) is None
    assert WebsiteCRUD.get_by_id(store, website.id) is not None
