"""Regions are heard by the store's clock, and named only where workers can share it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import Region
from core.services import check_schedule, regions


def test_a_region_is_heard_by_the_clock_of_the_store(store: Session) -> None:
    if store.get_bind().dialect.name == "sqlite":
        return  # which only one monitor checks
    regions.hear(store, "eu")
    regions.hear(store, "eu")

    (region,) = store.scalars(select(Region))
    assert region.heard_at is not None
    assert abs((region.heard_at - check_schedule.store_now(store)).total_seconds()) < 60


def test_regions_are_named_in_a_store_that_workers_can_share(store: Session) -> None:
    regions.require_shared_store(store, None)
    if store.get_bind().dialect.name == "postgresql":
        regions.require_shared_store(store, ["eu"])
        return

    with pytest.raises(InvalidInput, match="Regions need a store on PostgreSQL"):
        regions.require_shared_store(store, ["eu"])
