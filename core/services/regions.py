"""All SQL about regions: which ones websites name, which have working workers, and which are silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, Double, String, bindparam, select, text
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import Region, Website

SILENT_SECONDS = 60.0
"""A region is silent if none of its workers reported for this long. Workers report every 5 s, and a restart of a worker
or of PostgreSQL must not raise an alarm."""

HEARTBEAT = text("""
    INSERT INTO regions AS known (name, heard_at) VALUES (:name, now())
    ON CONFLICT (name) DO UPDATE SET heard_at = excluded.heard_at
""")

# A region without any worker so far becomes silent after the same time, from when a website first names it.
NOTICE = text("""
    INSERT INTO regions (name, heard_at) SELECT name, now() FROM unnest(:names) AS named (name) ON CONFLICT DO NOTHING
""").bindparams(bindparam("names", type_=ARRAY(String)))

SILENCE = text("""
    UPDATE regions SET silent_since = heard_at
    WHERE silent_since IS NULL AND name = ANY(:names) AND heard_at < now() - :seconds * interval '1 second'
    RETURNING name, silent_since
""").bindparams(bindparam("names", type_=ARRAY(String)), bindparam("seconds", type_=Double))

RETURN = text("""
    WITH back AS (
        SELECT name, silent_since FROM regions WHERE silent_since IS NOT NULL
            AND (heard_at >= now() - :seconds * interval '1 second' OR name <> ALL(:names)) FOR UPDATE
    )
    UPDATE regions SET silent_since = NULL FROM back WHERE regions.name = back.name
    RETURNING back.name, back.silent_since, regions.heard_at
""").bindparams(bindparam("names", type_=ARRAY(String)), bindparam("seconds", type_=Double))

FORGET = text("""
    DELETE FROM regions WHERE name <> ALL(:names) AND heard_at < now() - interval '1 day'
""").bindparams(bindparam("names", type_=ARRAY(String)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionChange:
    """A region that has become silent, or works again."""

    name: str
    silent_since: datetime
    returned_at: datetime | None
    """When a worker of the region reported again; None if the region has become silent."""
    website_ids: Sequence[int]
    """The ids of the websites that the region checks."""


def record_heartbeat(db: Session, name: str) -> None:
    """Record that a worker of the region *name* is working. Needs PostgreSQL."""
    db.execute(HEARTBEAT, {"name": name})


def named(db: Session) -> dict[str, list[int]]:
    """Return the active websites that each region checks, by region name."""
    found: dict[str, list[int]] = {}
    query = select(Website.id, Website.regions).where(Website.is_active, Website.regions.is_not(None))
    for website_id, names in db.execute(query.order_by(Website.id)):
        for name in names or ():
            found.setdefault(name, []).append(website_id)
    return found


def review(db: Session) -> list[RegionChange]:
    """Return the regions that became silent or work again since the last call. Each change goes to a single caller.

    A region that no website names any more stops being silent without a change. It is deleted once no worker has
    reported from it for a day.
    """
    websites = named(db)
    given = {"names": list(websites), "seconds": SILENT_SECONDS}
    if websites:
        db.execute(NOTICE, {"names": list(websites)})
    fallen = [
        RegionChange(name=name, silent_since=since, returned_at=None, website_ids=websites[name])
        for name, since in db.execute(SILENCE, given)
    ]
    back = [
        RegionChange(name=name, silent_since=since, returned_at=returned_at, website_ids=websites[name])
        for name, since, returned_at in db.execute(RETURN, given)
        if name in websites
    ]
    db.execute(FORGET, {"names": list(websites)})
    return [*fallen, *back]


def known(db: Session) -> list[Region]:
    """Return the regions that have workers or are named by websites, by name."""
    return list(db.scalars(select(Region).order_by(Region.name)))


def silences(db: Session) -> set[str]:
    """Return the episodes of the regions that are silent now, see `core.notifications.region_alarm`."""
    return {episode_of(region.name, region.silent_since) for region in known(db) if region.silent_since is not None}


def episode_of(name: str, silent_since: datetime) -> str:
    """Return the identifier of one silence of a region."""
    return f"{name} {silent_since.isoformat(timespec='seconds')}"


def name_of(episode: str) -> str:
    """Return the region of the silence *episode*."""
    return episode.rpartition(" ")[0]


def require_shared_store(db: Session, names: object) -> None:
    """Verify that websites may name regions in this store.

    Raises:
        InvalidInput: *names* is not empty, and the store is SQLite.
    """
    if names and db.get_bind().dialect.name != "postgresql":
        raise InvalidInput(
            "Regions need a database on PostgreSQL, which workers of several regions share; see docs/scaling.md."
        )
