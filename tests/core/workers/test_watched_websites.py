"""A worker reads only the websites that have changed."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.models import MonitorStatus, Website
from core.schemas import WebsiteUpdate
from core.services import WebsiteCRUD
from core.workers import watched_websites
from core.workers.watched_websites import WatchedWebsite, WatchedWebsites, last_checked, read_anew
from tests.conftest import Queries
from tests.factories import at, make_check, make_website

NOBODY = WatchedWebsites()


def _as_it_is(website: Website, region: str | None = None) -> dict[int, WatchedWebsite]:
    return {website.id: WatchedWebsite.of(website, region)}


def test_unchanged_websites_are_not_read_again(store: Session, engine: Engine) -> None:
    for _ in range(3):
        make_website(store)
    first = read_anew(store, NOBODY, None)
    store.expunge_all()

    with Queries().counted(engine) as queries:
        again = read_anew(store, first, None)

    assert len(queries) == 1
    assert all(again.watched[one] is first.watched[one] for one in first.watched)
    assert len(again.watched) == 3


def test_new_changed_paused_and_deleted_websites_are_detected(store: Session) -> None:
    same, changed, paused, deleted = (make_website(store) for _ in range(4))
    first = read_anew(store, NOBODY, None)

    WebsiteCRUD.update(store, changed.id, WebsiteUpdate(check_interval=300))
    WebsiteCRUD.update(store, paused.id, WebsiteUpdate(is_active=False))
    WebsiteCRUD.delete(store, deleted.id)
    added = make_website(store)
    second = read_anew(store, first, None)

    assert second.watched == _as_it_is(same) | _as_it_is(changed) | _as_it_is(added)
    assert second.watched[changed.id].interval_seconds == 300
    WebsiteCRUD.update(store, paused.id, WebsiteUpdate(is_active=True))
    assert paused.id in read_anew(store, second, None).watched


def test_a_change_with_an_older_time_is_noticed(store: Session) -> None:
    """A machine whose clock is behind stores such a time."""
    website = make_website(store, updated_at=at(60))
    first = read_anew(store, NOBODY, None)

    website.check_interval, website.updated_at = 300, at(0)
    store.flush()

    assert read_anew(store, first, None).watched[website.id].interval_seconds == 300


def test_a_website_removed_from_our_region_is_no_longer_watched(store: Session) -> None:
    everywhere = make_website(store)
    leaving = make_website(store, regions=["eu", "us"])
    first = read_anew(store, NOBODY, "eu")
    assert first.watched == _as_it_is(everywhere, "eu") | _as_it_is(leaving, "eu")

    leaving.regions = ["us"]
    store.flush()
    second = read_anew(store, first, "eu")

    assert second.watched == _as_it_is(everywhere, "eu")
    assert read_anew(store, second, "eu") == second


@pytest.mark.parametrize("most", [1, 100])
def test_many_changes_are_read_like_few(store: Session, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(watched_websites, "MAX_BY_ID", most)
    websites = [make_website(store) for _ in range(5)]
    first = read_anew(store, NOBODY, None)

    for website in websites[:3]:
        website.timeout = 7
    store.flush()

    assert [one.timeout_seconds for _, one in sorted(read_anew(store, first, None).watched.items())] == [7] * 3 + [
        10
    ] * 2


def test_the_last_check_of_each_new_website_is_read(store: Session) -> None:
    checked, never = make_website(store), make_website(store)
    for second in (0, 60):
        make_check(store, checked, checked_at=at(second))

    assert last_checked(store, [checked.id, never.id]) == {checked.id: at(60)}
    assert last_checked(store, []) == {}


@pytest.mark.parametrize("status", [MonitorStatus.DOWN, MonitorStatus.UNKNOWN])
def test_websites_that_failed_last_are_due_at_once(store: Session, status: MonitorStatus) -> None:
    """Otherwise a start would delay the confirmation of a failure or of a recovery by an hour."""
    website = make_website(store, check_interval=3_600)
    make_check(store, website, checked_at=at(0))
    make_check(store, website, checked_at=at(60), status=status)

    assert last_checked(store, [website.id]) == {}


def test_many_websites_are_read_in_several_statements(store: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_websites, "MAX_BY_ID", 2)
    websites = [make_website(store) for _ in range(5)]
    for second, website in enumerate(websites):
        make_check(store, website, checked_at=at(second))

    assert last_checked(store, [website.id for website in websites]) == {
        website.id: at(second) for second, website in enumerate(websites)
    }
