"""Regions report by the store's clock, and can be named only in a shared store."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import Region
from core.services import check_schedule, regions
from tests.factories import make_website


def test_a_heartbeat_is_dated_by_the_clock_of_the_store(store: Session) -> None:
    if store.get_bind().dialect.name == "sqlite":
        return  # which only one monitor checks
    regions.record_heartbeat(store, "eu")
    regions.record_heartbeat(store, "eu")

    (region,) = store.scalars(select(Region))
    assert region.heard_at is not None
    assert abs((region.heard_at - check_schedule.store_now(store)).total_seconds()) < 60


def heard(store: Session, name: str, *, seconds_ago: float) -> None:
    regions.record_heartbeat(store, name)
    then = check_schedule.store_now(store) - timedelta(seconds=seconds_ago)
    store.execute(update(Region).where(Region.name == name).values(heard_at=then))


def test_a_region_without_heartbeat_for_a_minute_is_returned_once_as_silent(store: Session) -> None:
    if store.get_bind().dialect.name == "sqlite":
        return
    first, second = make_website(store, regions=["eu", "us"]), make_website(store, regions=["eu"])
    make_website(store, regions=["af"], is_active=False)
    heard(store, "eu", seconds_ago=61)
    heard(store, "us", seconds_ago=59)
    heard(store, "sa", seconds_ago=999)  # which no website names

    fallen = regions.review(store)
    again = regions.review(store)
    regions.record_heartbeat(store, "eu")
    back = regions.review(store)

    assert [(one.name, one.returned_at, one.website_ids) for one in fallen] == [("eu", None, [first.id, second.id])]
    assert again == []
    assert [(one.name, one.returned_at is not None) for one in back] == [("eu", True)]
    assert [one.name for one in regions.known(store) if one.silent_since] == []


def test_a_new_region_has_a_minute_to_report_and_an_unused_one_is_deleted(store: Session) -> None:
    if store.get_bind().dialect.name == "sqlite":
        return
    website = make_website(store, regions=["eu"])
    at_first = regions.review(store)
    heard(store, "eu", seconds_ago=120)
    later = regions.review(store)
    website.regions = None
    store.flush()

    assert (at_first, [one.name for one in later]) == ([], ["eu"])
    assert regions.review(store) == []
    assert [region.silent_since for region in regions.known(store)] == [None]
    heard(store, "eu", seconds_ago=86_500)
    assert regions.review(store) == []
    assert regions.known(store) == []


def test_regions_require_a_store_that_workers_can_share(store: Session) -> None:
    regions.require_shared_store(store, None)
    if store.get_bind().dialect.name == "postgresql":
        regions.require_shared_store(store, ["eu"])
        return

    with pytest.raises(InvalidInput, match="Regions need a database on PostgreSQL"):
        regions.require_shared_store(store, ["eu"])
