"""Caches the settings of the websites that a monitor checks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.batches import batched
from core.models import Website
from core.schemas.check_options import DEFAULTS, CheckOptions, stored_options
from core.services import WebsiteCRUD, statistics
from core.services.monitor_check import AVAILABLE

MAX_BY_ID = 1_000  # ids per query; SQLite allows some 32,000 parameters in a statement


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedWebsite:
    """The settings of a website that a check needs."""

    website_id: int
    url: str
    host: str
    interval_seconds: int
    timeout_seconds: int
    options: CheckOptions = DEFAULTS
    region: str | None = None
    """The region that the check counts for; None if the website names none, or a single monitor checks everything."""

    @classmethod
    def of(cls, website: Website, region: str | None = None) -> "WatchedWebsite":
        return cls(
            region=region if region and region in (website.regions or ()) else None,
            website_id=website.id,
            url=website.url,
            host=urlsplit(website.url).hostname or "",
            interval_seconds=website.check_interval,
            timeout_seconds=website.timeout,
            options=stored_options(website.check_options),
        )

    def asks_otherwise_than(self, other: "WatchedWebsite") -> bool:
        """Return whether a check with the settings of *other* may have another result."""
        return (self.url, self.options, self.timeout_seconds) != (other.url, other.options, other.timeout_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedWebsites:
    """The websites that a worker checks, by id, as of the last time it read them."""

    watched: Mapping[int, WatchedWebsite] = field(default_factory=dict)
    versions: Mapping[int, datetime] = field(default_factory=dict)
    """When each active website was last changed, including those that only other regions check."""


def read_anew(db: Session, known: WatchedWebsites, region: str | None) -> WatchedWebsites:
    """Return the websites that a worker in *region* checks now; reads only those that changed since *known*.

    *region* is empty for a worker without a region, and None for a monitor that checks every website.
    """
    versions = WebsiteCRUD.get_active_versions(db)
    changed = {website_id for website_id, version in versions.items() if known.versions.get(website_id) != version}
    ours = (website for website in _read(db, changed) if _is_ours(website, region))
    read = {website.id: WatchedWebsite.of(website, region) for website in ours}
    kept = {
        website_id: watched
        for website_id, watched in known.watched.items()
        if website_id in versions and website_id not in changed
    }
    return WatchedWebsites(watched=kept | read, versions=versions)


def last_checked(db: Session, website_ids: Collection[int]) -> dict[int, datetime]:
    """Return when each of these websites was last checked, if that check found it up or degraded.

    Websites that are left out, because they were down or unknown, or never checked, are due at once.
    """
    return {
        key: check.checked_at
        for some in batched(website_ids, MAX_BY_ID)
        for key, check in statistics.latest_checks(db, some).items()
        if check.status in AVAILABLE
    }


def _read(db: Session, website_ids: Collection[int]) -> list[Website]:
    if len(website_ids) > MAX_BY_ID:
        return WebsiteCRUD.get_active_websites(db)
    return WebsiteCRUD.get_by_ids(db, list(website_ids)) if website_ids else []


def _is_ours(website: Website, region: str | None) -> bool:
    return region is None or not website.regions or region in website.regions
