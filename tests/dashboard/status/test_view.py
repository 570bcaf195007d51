"""A status page is read with a fixed number of queries, however many websites it has."""

import pytest
from sqlalchemy.orm import Session

from core.models import Website
from core.schemas.status_page import StatusGroup, StatusPageCreate
from core.services import StatusPageCRUD
from dashboard.status.view import StatusView, load
from tests.conftest import Queries
from tests.factories import at, make_maintenance, make_website, make_window

NOW = at(10_000)


def page_of(db: Session, slug: str, websites: int) -> list[Website]:
    made = [make_website(db, name=f"{slug} {number}") for number in range(websites)]
    group = StatusGroup(name="All", website_ids=[website.id for website in made])
    StatusPageCRUD.create(db, StatusPageCreate(slug=slug, title=slug, groups=[group], is_published=True), None)
    for website in made:
        make_window(db, website, started_at=at(9_000))
        make_maintenance(db, website_id=website.id, starts_at=at(20_000), duration_seconds=60)
    return made


def shown(db: Session, slug: str) -> StatusView:
    db.commit()
    db.expire_all()
    view = load(db, slug, NOW)
    assert view is not None
    return view


def test_the_number_of_queries_does_not_depend_on_the_websites(store: Session, query_counter: Queries) -> None:
    page_of(store, "few", 2)
    page_of(store, "many", 12)
    counts = []

    for slug in ("few", "many"):
        with query_counter.counted(store.get_bind().engine) as queries:
            view = shown(store, slug)
        counts.append(len(queries))
        assert len(view.windows) == len(view.groups[0][1]) == len(view.maintenance[0].websites)

    assert counts[0] == counts[1]


@pytest.mark.parametrize("is_active", [True, False])
def test_an_open_window_of_a_paused_website_is_not_shown(store: Session, is_active: bool) -> None:
    (website,) = page_of(store, "ours", 1)
    website.is_active = is_active

    assert len(shown(store, "ours").windows) == is_active
