"""Rows newer than a mark are found, with one query if there are none."""

from sqlalchemy.orm import Session

from core.services import changes
from tests.conftest import Queries
from tests.factories import make_check, make_website, make_window


def test_rows_newer_than_a_mark_are_found_once(store: Session) -> None:
    before = changes.mark(store)
    website = make_website(store)
    check, window = make_check(store, website), make_window(store, website)
    store.flush()

    found, now = changes.after(store, before)

    assert (found.checks, found.windows) == ([(website.id, check.id)], [(website.id, window.id)])
    assert found.website_ids == [website.id]
    assert changes.after(store, now) == (changes.Changes(checks=(), windows=(), website_ids=()), now)


def test_a_look_without_newer_rows_takes_one_query(store: Session, query_counter: Queries) -> None:
    make_check(store, make_website(store))
    now = changes.mark(store)

    with query_counter.counted(store.get_bind().engine) as queries:
        changes.after(store, now)

    assert len(queries) == 1
