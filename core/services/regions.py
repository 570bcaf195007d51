"""All SQL about regions: which are named, which are heard, and which have fallen silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, Double, String, bindparam, select, text
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import Region, Website

SILENT_SECONDS = 60.0
"""Without a sign of life of any worker, which each gives every 5 s: what a worker or PostgreSQL takes to be started
anew is no alarm."""

HEAR = text("""
    INSERT INTO regions AS known (name, heard_at) VALUES (:name, now())
    ON CONFLICT (name) DO UPDATE SET heard_at = excluded.heard_at
""")

# A region that no worker has ever been in is given the same time from when a website first names it.
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
class Turned:
    """A region that has fallen silent, or is heard again."""

    name: str
    silent_since: datetime
    heard_at: datetime | None
    """When it was heard again; None where it has fallen silent."""
    website_ids: Sequence[int]
    """The websites that it checks, by id."""


def hear(db: Session, name: str) -> None:
    """A worker of the region *name* is at work, on PostgreSQL."""
    db.execute(HEAR, {"name": name})


def named(db: Session) -> dict[str, list[int]]:
    """The websites that each region checks, by its name; without paused ones."""
    found: dict[str, list[int]] = {}
    query = select(Website.id, Website.regions).where(Website.is_active, Website.regions.is_not(None))
    for website_id, names in db.execute(query.order_by(Website.id)):
        for name in names or ():
            found.setdefault(name, []).append(website_id)
    return found


def review(db: Session) -> list[Turned]:
    """Which regions have fallen silent or are heard again since somebody looked last: told to one of all who look.

    A region that no website names any more is silent no more, and not said to be back; once no worker has been in it
    for a day either, it is forgotten.
    """
    websites = named(db)
    given = {"names": list(websites), "seconds": SILENT_SECONDS}
    if websites:
        db.execute(NOTICE, {"names": list(websites)})
    fallen = [
        Turned(name=name, silent_since=since, heard_at=None, website_ids=websites[name])
        for name, since in db.execute(SILENCE, given)
    ]
    back = [
        Turned(name=name, silent_since=since, heard_at=heard_at, website_ids=websites[name])
        for name, since, heard_at in db.execute(RETURN, given)
        if name in websites
    ]
    db.execute(FORGET, {"names": list(websites)})
    return [*fallen, *back]


def known(db: Session) -> list[Region]:
    """The regions that workers are in or websites name, by name."""
    return list(db.scalars(select(Region).order_by(Region.name)))


def is_silent(db: Session, episode: str) -> bool:
    """Whether the silence lasts that *episode* names, as `core.notifications.region_alarm` does."""
    return any(one.silent_since is not None and episode == episode_of(one.name, one.silent_since) for one in known(db))


def episode_of(name: str, silent_since: datetime) -> str:
    """What tells one silence of a region from another."""
    return f"{name} {silent_since.isoformat(timespec='seconds')}"


def name_of(episode: str) -> str:
    """The region of whose silence *episode* is."""
    return episode.rpartition(" ")[0]


def require_shared_store(db: Session, names: object) -> None:
    """See that a website can name regions in this store.

    Raises:
        InvalidInput: It names some, and the store is SQLite's.
    """
    if names and db.get_bind().dialect.name != "postgresql":
        raise InvalidInput(
            "Regions need a store on PostgreSQL, which workers of several regions share; see docs/scaling.md."
        )
