"""Downtime windows of all websites are filtered."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.services import TagCRUD
from core.services.downtime_list import Outline, WindowFilter, counts, newest_of_each, outlines, windows
from tests.factories import at, make_website, make_window

NOW = at(10_000)


def test_windows_are_filtered_by_each_criterion_and_by_all_together(store: Session) -> None:
    shop, blog = make_website(store, name="Shop"), make_website(store, name="Blog")
    TagCRUD.set_for_website(store, shop.id, ["revenue"])
    old = make_window(store, shop, started_at=at(0), ended_at=at(60), duration_seconds=60.0)
    long = make_window(store, blog, started_at=at(5_000), ended_at=at(8_000), duration_seconds=3_000.0)
    still = make_window(store, shop, started_at=at(9_400))

    def ids(**wanted: Any) -> list[int]:
        return [window.id for window, _name in windows(store, WindowFilter(**wanted), now=NOW)[0]]

    assert ids() == [still.id, long.id, old.id]
    assert ids(since=at(7_000)) == [still.id, long.id]
    assert ids(website_id=blog.id) == [long.id]
    assert ids(tag="Revenue") == [still.id, old.id]
    assert ids(is_open=True) == [still.id]
    assert ids(is_open=False) == [long.id, old.id]
    assert ids(at_least=timedelta(seconds=600)) == [still.id, long.id]
    assert ids(at_least=timedelta(seconds=601)) == [long.id]
    assert ids(tag="revenue", is_open=False, since=at(1_000)) == []
    assert counts(store, WindowFilter(), now=NOW) == {shop.id: 2, blog.id: 1}
    assert counts(store, WindowFilter(is_open=True), now=NOW) == {shop.id: 1}


def test_windows_dated_in_the_future_by_a_fast_clock_are_not_shown(store: Session) -> None:
    website = make_website(store)
    planned = make_window(store, website, started_at=at(20_000))
    make_window(store, website, started_at=at(30_000), ended_at=at(30_060))

    found, total = windows(store, WindowFilter(), now=NOW)

    assert ([window.id for window, _name in found], total) == ([planned.id], 1)


def test_a_page_of_windows_has_website_names_and_the_total(store: Session) -> None:
    website = make_website(store, name="Shop")
    made = [make_window(store, website, started_at=at(n), ended_at=at(n + 1)) for n in range(3)]

    found, total = windows(store, WindowFilter(), now=NOW, skip=1, limit=1)

    assert ([(window.id, name) for window, name in found], total) == ([(made[1].id, "Shop")], 3)


def test_outlines_have_the_order_and_the_total_of_windows(store: Session) -> None:
    website = make_website(store)
    made = [make_window(store, website, started_at=at(n), ended_at=at(n + 1), root_cause=f"{n}") for n in range(3)]

    found, total = outlines(store, WindowFilter(), now=NOW, skip=1, limit=1)

    (outline,) = found
    assert total == 3
    assert outline._asdict() == {name: getattr(made[1], name) for name in Outline._fields}


def test_the_newest_windows_of_each_website_are_found(store: Session) -> None:
    shop, blog, other = (make_website(store) for _ in range(3))
    make_window(store, shop, started_at=at(0), ended_at=at(60))
    lately = [make_window(store, shop, started_at=at(n), ended_at=at(n + 1)) for n in (5_000, 6_000, 7_000)]
    still = make_window(store, blog, started_at=at(30))
    make_window(store, other, started_at=at(5_000))

    def ids(limit: int) -> list[int]:
        found = newest_of_each(store, [shop.id, blog.id], since=at(1_000), now=NOW, limit=limit)
        return [window.id for window in found]

    assert ids(3) == [*(window.id for window in reversed(lately)), still.id]
    assert ids(1) == [lately[-1].id, still.id]
    assert newest_of_each(store, [], since=at(0), now=NOW, limit=3) == []
