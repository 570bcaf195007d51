"""What a monitor knows of the websites that it checks, apart from the store."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.models import Website
from core.schemas.check_options import DEFAULTS, CheckOptions, stored_options
from core.services import WebsiteCRUD, statistics


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


def active_websites(
    db: Session, planned: frozenset[int], region: str | None
) -> tuple[list[Watched], dict[int, datetime]]:
    """The websites that a worker in *region* checks, and when those of them that are not *planned* were checked last.

    *region* is empty where it is in none, and None for a monitor that checks every website.
    """
    websites = WebsiteCRUD.get_active_websites(db)
    active = [Watched.of(website, region) for website in websites if _is_ours(website, region)]
    new = [watched.website_id for watched in active if watched.website_id not in planned]
    latest = statistics.latest_checks(db, new) if new else {}
    return active, {website_id: check.checked_at for website_id, check in latest.items()}


def _is_ours(website: Website, region: str | None) -> bool:
    return region is None or not website.regions or region in website.regions
