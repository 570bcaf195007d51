"""Websites depend on others by URL."""

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import InvalidInput
from core.models import MonitorStatus, Website
from core.schemas import WebsiteUpdate
from core.services import WebsiteCRUD, dependency, statistics
from tests.factories import at, make_check, make_website, make_window


def a_chain(db: Session) -> tuple[Website, Website, Website]:
    router = make_website(db, name="Router", url="https://me:secret@router.example/")
    shop = make_website(db, name="Shop", url="https://shop.example/", depends_on="https://router.example/")
    cart = make_website(db, name="Cart", url="https://cart.example/", depends_on="https://shop.example")
    return router, shop, cart


def test_a_chain_of_dependencies_ignores_credentials_and_slashes(store: Session) -> None:
    router, shop, cart = a_chain(store)

    assert list(dependency.ancestors(store, cart)) == [shop, router]


def test_a_circular_dependency_is_followed_once(store: Session) -> None:
    router, shop, cart = a_chain(store)
    router.depends_on = "https://cart.example/"

    assert list(dependency.ancestors(store, cart)) == [shop, router]


def test_the_nearest_dependency_that_was_down_at_a_moment_is_found(store: Session) -> None:
    router, _shop, cart = a_chain(store)
    make_window(store, router, started_at=at(0), ended_at=at(60))

    assert dependency.down_ancestor(store, cart, at(30)) is router
    assert dependency.down_ancestor(store, cart, at(60)) is None
    assert dependency.down_ancestor(store, cart, at(-1)) is None


def test_pausing_a_dependency_ends_its_window(store: Session) -> None:
    router, _shop, cart = a_chain(store)
    make_window(store, router, started_at=at(0))

    WebsiteCRUD.update(store, router.id, WebsiteUpdate(is_active=False))

    now = utc_now()
    assert dependency.down_ancestor(store, cart, at(30)) is router
    assert dependency.down_ancestor(store, cart, now) is None
    assert dependency.down_until(store, cart, now) is None


@pytest.mark.parametrize(
    ("depends_on", "sentence"),
    [
        ("https://none.example/", "There is no website https://none.example/"),
        ("https://router.example", "https://router.example/ would depend on itself."),
        ("https://cart.example/", "https://router.example/ would depend on itself."),
    ],
    ids=["nobody", "itself", "in a circle"],
)
def test_an_invalid_dependency_is_rejected(store: Session, depends_on: str, sentence: str) -> None:
    router, _shop, _cart = a_chain(store)

    with pytest.raises(InvalidInput, match=sentence):
        dependency.check(store, router.id, router.url, depends_on)


def test_dependencies_follow_a_new_url_and_end_with_the_website(store: Session) -> None:
    _router, shop, cart = a_chain(store)

    WebsiteCRUD.update(store, shop.id, WebsiteUpdate(url="https://new.example/"))
    store.refresh(cart)
    assert cart.depends_on == "https://new.example/"

    WebsiteCRUD.delete(store, shop.id)
    store.refresh(cart)
    assert cart.depends_on is None


def test_a_decision_waits_for_one_check_of_the_dependency_at_most(store: Session) -> None:
    _router, shop, cart = a_chain(store)
    make_check(store, shop, checked_at=at(0))

    assert dependency.is_undecided(store, cart, at(10), at(20))
    assert not dependency.is_undecided(store, cart, at(10), at(10 + 60 + 31))
    make_check(store, shop, checked_at=at(30))
    assert not dependency.is_undecided(store, cart, at(10), at(40))


def test_a_decision_waits_while_the_dependency_has_one_failed_check(store: Session) -> None:
    _router, shop, cart = a_chain(store)
    make_check(store, shop, status=MonitorStatus.DOWN, checked_at=at(20))

    assert dependency.is_undecided(store, cart, at(10), at(25))


def test_after_a_recovery_of_the_dependency_a_decision_waits_for_the_next_own_check(store: Session) -> None:
    _router, shop, cart = a_chain(store)
    make_window(store, shop, started_at=at(0), ended_at=at(300))
    for second in (280, 300):
        make_check(store, shop, checked_at=at(second))
    make_check(store, cart, status=MonitorStatus.DOWN, checked_at=at(290))

    assert statistics.current_states(store)[cart.id].checked_at == at(290)
    assert dependency.is_undecided(store, cart, at(10), at(310))
    make_check(store, cart, status=MonitorStatus.DOWN, checked_at=at(320))
    assert not dependency.is_undecided(store, cart, at(10), at(321))
