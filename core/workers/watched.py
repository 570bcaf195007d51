"""What a monitor knows of the websites that it checks, apart from the store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.models import MonitorStatus, Website
from core.schemas.check_options import DEFAULTS, CheckOptions, stored_options
from core.services import WebsiteCRUD, statistics

WELL = (MonitorStatus.UP, MonitorStatus.DEGRADED)
MOST_BY_ID = 1_000  # websites that are asked for one by one; a statement may have some 32,000 parameters on SQLite


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What has to be known of a website to check it."""

    website_id: int
    url: str
    host: str
    interval_seconds: int
    timeout_seconds: int
    options: CheckOptions = DEFAULTS
    region: str | None = None
    """The region in whose name it is checked; None where it names none, or one monitor checks for all."""

    @classmethod
    def of(cls, website: Website, region: str | None = None) -> "Watched":
        return cls(
            region=region if region and region in (website.regions or ()) else None,
            website_id=website.id,
            url=website.url,
            host=urlsplit(website.url).hostname or "",
            interval_seconds=website.check_interval,
            timeout_seconds=website.timeout,
            options=stored_options(website.check_options),
        )

    def asks_otherwise_than(self, other: "Watched") -> bool:
        """Whether what *other* found may be found no more."""
        return (self.url, self.options, self.timeout_seconds) != (other.url, other.options, other.timeout_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The websites that a worker checks, as they were when it read them last, by id."""

    watched: Mapping[int, Watched] = field(default_factory=dict)
    versions: Mapping[int, datetime] = field(default_factory=dict)
    """When each website that is not paused was changed last, also of those that only other regions check."""


def read_anew(db: Session, known: Known, region: str | None) -> Known:
    """What a worker in *region* checks now; only websites that are not as they are *known* are read.

    *region* is empty where it is in none, and None for a monitor that checks every website.
    """
    versions = WebsiteCRUD.get_active_versions(db)
    changed = {website_id for website_id, version in versions.items() if known.versions.get(website_id) != version}
    read = {website.id: Watched.of(website, region) for website in _read(db, changed) if _is_ours(website, region)}
    kept = {one: watched for one, watched in known.watched.items() if one in versions and one not in changed}
    return Known(watched=kept | read, versions=versions)


def last_checked(db: Session, website_ids: Collection[int]) -> dict[int, datetime]:
    """When those of these websites that were well when they were checked last were so; the others are due at once."""
    ids = list(website_ids)
    parts = (ids[at : at + MOST_BY_ID] for at in range(0, len(ids), MOST_BY_ID))
    return {
        key: check.checked_at
        for some in parts
        for key, check in statistics.latest_checks(db, some).items()
        if check.status in WELL
    }


def _read(db: Session, website_ids: Collection[int]) -> list[Website]:
    if len(website_ids) > MOST_BY_ID:
        return WebsiteCRUD.get_active_websites(db)
    return WebsiteCRUD.get_by_ids(db, list(website_ids)) if website_ids else []


def _is_ours(website: Website, region: str | None) -> bool:
    return region is None or not website.regions or region in website.regions
