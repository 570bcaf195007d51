"""Websites are created, found, changed and deleted."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from core import sealing
from core.errors import AlreadyExists, InvalidInput, StoreError
from core.models import Website
from core.schemas import WebsiteCreate, WebsiteRead, WebsiteUpdate
from core.sealing import Sealer
from core.services import TagCRUD, WebsiteCRUD
from tests.conftest import Queries
from tests.factories import make_check, make_website


def test_a_website_is_created_with_its_defaults_and_found(store: Session) -> None:
    website = WebsiteCRUD.create(store, WebsiteCreate(url="https://Example.com"))

    assert (website.name, website.check_interval, website.timeout, website.is_active) == ("example.com", 60, 10, True)
    assert WebsiteCRUD.get_by_id(store, website.id) is website
    assert WebsiteCRUD.get_by_url(store, "HTTPS://EXAMPLE.com") is website
    assert WebsiteCRUD.get_by_id(store, 4711) is None
    assert WebsiteCRUD.get_by_url(store, "https://other.example") is None
    assert WebsiteCRUD.get_by_url(store, "not a url") is None


def test_a_second_website_with_the_same_url_is_refused_without_its_password(store: Session) -> None:
    make_website(store, url="https://user:s3cret@example.com/")

    with pytest.raises(AlreadyExists, match=r"^https://example.com already exists\.$"):
        make_website(store, url="https://user:s3cret@EXAMPLE.com")


def test_a_concurrent_duplicate_is_distinguished_from_an_error(store: Session) -> None:
    def add_the_same(session: Session, *_rest: object) -> None:
        session.connection().execute(insert(Website).values(url="https://a.example/", name="first"))

    event.listen(store, "before_flush", add_the_same, once=True)

    with pytest.raises(AlreadyExists, match="already exists"):
        make_website(store, url="https://a.example/")


def test_a_list_is_paged_in_a_stated_order_with_the_total(store: Session) -> None:
    made = [make_website(store, is_active=number % 2 == 0) for number in range(5)]

    assert WebsiteCRUD.get_all(store) == (made, 5)
    assert WebsiteCRUD.get_all(store, skip=2, limit=2) == (made[2:4], 5)
    assert WebsiteCRUD.get_all(store, 4, 10) == (made[4:], 5)
    assert WebsiteCRUD.get_all(store, active_only=True) == (made[::2], 3)
    assert WebsiteCRUD.get_all(store, limit=0) == ([], 5)
    assert WebsiteCRUD.get_active_websites(store) == sorted(made[::2], key=lambda website: website.url)
    with pytest.raises(ValueError, match="must not be negative"):
        WebsiteCRUD.get_all(store, skip=-1)


def test_a_list_takes_two_queries_at_any_length(store: Session, query_counter: Queries) -> None:
    for _ in range(20):
        make_website(store)
    store.commit()

    with query_counter.counted(store.get_bind().engine) as queries:
        WebsiteCRUD.get_all(store)

    assert len(queries) == 2


def test_an_update_changes_only_given_fields(store: Session) -> None:
    website = make_website(store, name="Shop", description="old")

    updated = WebsiteCRUD.update(store, website.id, WebsiteUpdate(description=None, is_active=False, timeout=None))

    assert updated is website
    assert (website.name, website.description, website.is_active, website.timeout) == ("Shop", None, False, 10)
    assert WebsiteCRUD.update(store, 4711, WebsiteUpdate(name="x")) is None


def test_an_update_is_validated_with_the_stored_row(store: Session) -> None:
    website = make_website(store, check_interval=60, timeout=30)
    other = make_website(store)

    with pytest.raises(InvalidInput, match=r"timeout \(30 s\) must not be longer than the check interval \(20 s\)"):
        WebsiteCRUD.update(store, website.id, WebsiteUpdate(check_interval=20))
    with pytest.raises(AlreadyExists):
        WebsiteCRUD.update(store, website.id, WebsiteUpdate(url=other.url))
    assert WebsiteCRUD.update(store, website.id, WebsiteUpdate(url=website.url, check_interval=20, timeout=20))


def test_a_quorum_is_validated_with_the_stored_regions_and_removed_with_them(store: Session) -> None:
    website = make_website(store, regions=["eu", "us", "ap"], quorum=3)

    with pytest.raises(InvalidInput, match=r"quorum \(3\) must not be larger than the number of regions \(2 regions\)"):
        WebsiteCRUD.update(store, website.id, WebsiteUpdate(regions=["eu", "us"]))
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(name="Shop"))
    kept = (website.regions, website.quorum)
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(regions=None))

    assert (kept, website.regions, website.quorum) == ((["eu", "us", "ap"], 3), None, None)


def test_a_deleted_website_is_gone(store: Session) -> None:
    website = make_website(store)
    make_check(store, website)

    assert WebsiteCRUD.delete(store, website.id) is True
    assert WebsiteCRUD.delete(store, website.id) is False
    assert WebsiteCRUD.get_all(store) == ([], 0)


def test_tags_are_set_and_removed_with_other_fields(store: Session) -> None:
    website = WebsiteCRUD.create(store, WebsiteCreate(url="https://a.example", tags=["Shop", "eu"]))
    other = WebsiteCRUD.create(store, WebsiteCreate(url="https://b.example"))

    assert TagCRUD.names_of(store, website.id) == ["eu", "shop"]
    assert WebsiteCRUD.get_all(store, tag="SHOP") == ([website], 1)

    WebsiteCRUD.update(store, website.id, WebsiteUpdate(name="still tagged"))
    WebsiteCRUD.update(store, other.id, WebsiteUpdate(tags=["shop"]))
    assert WebsiteCRUD.get_all(store, tag="shop") == ([website, other], 2)

    WebsiteCRUD.update(store, website.id, WebsiteUpdate(tags=[]))
    assert TagCRUD.names_of(store, website.id) == []


def test_an_edit_that_leaves_a_secret_masked_keeps_it(store: Session) -> None:
    website = make_website(store, check_options={"bearer_token": "secret", "method": "POST"})
    shown = WebsiteRead.model_validate(website).check_options
    assert shown == {"bearer_token": "[redacted]", "method": "POST"}

    WebsiteCRUD.update(store, website.id, WebsiteUpdate(check_options={**shown, "method": "PUT"}))

    assert website.check_options == {"bearer_token": "secret", "method": "PUT"}


def test_a_mask_without_a_stored_secret_is_refused(store: Session) -> None:
    website = make_website(store)

    with pytest.raises(InvalidInput, match="none is stored"):
        WebsiteCRUD.update(store, website.id, WebsiteUpdate(check_options={"body": "[redacted]"}))
    with pytest.raises(InvalidInput, match="none is stored"):
        make_website(store, check_options={"body": "[redacted]"})


def test_check_options_are_removed_by_null(store: Session) -> None:
    website = make_website(store, check_options={"method": "HEAD"})

    WebsiteCRUD.update(store, website.id, WebsiteUpdate(check_options=None))

    assert website.check_options is None


def test_stored_credentials_cannot_be_read_without_the_key(store: Session) -> None:
    options = {"bearer_token": "tok-5ecret"}
    website = make_website(
        store, check_options=options, session_defaults={"basic_auth": {"username": "a", "password": "5ecret"}}
    )
    store.expire_all()

    assert website.check_options == options
    kept = store.execute(text("SELECT CAST(check_options AS text), CAST(session_defaults AS text) FROM websites")).one()
    assert all(value.startswith('"sealed:1:') for value in kept)
    assert "5ecret" not in str(kept)


@pytest.fixture
def own_sealer() -> Iterator[Sealer]:
    """The sealer of all tests, which is used again afterwards."""
    own = sealing.in_use()
    yield own
    sealing.use(own)


def test_a_wrong_key_is_reported_at_the_start(store: Session, own_sealer: Sealer) -> None:
    make_website(store, check_options={"bearer_token": "tok-5ecret"})
    store.expire_all()
    sealing.use(Sealer(b"another key"))

    with pytest.raises(StoreError, match="sealed with another key"):
        WebsiteCRUD.check_key(store)


def test_any_number_of_websites_can_be_read_by_page(store: Session) -> None:
    first, second, third = (make_website(store) for _ in range(3))

    assert WebsiteCRUD.get_after(store, 0, limit=2) == [first, second]
    assert WebsiteCRUD.get_after(store, second.id, limit=2) == [third]
    assert WebsiteCRUD.get_after(store, third.id, limit=2) == []


def test_names_of_all_websites_are_listed(store: Session) -> None:
    shop = make_website(store, name="Shop")

    assert WebsiteCRUD.get_names(store) == [(shop.id, "Shop", shop.url)]
