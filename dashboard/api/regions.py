"""/api/v1/websites/{id}/regions: the status of a website in each region."""

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.models import MonitorStatus, Website
from core.monitoring.region_votes import RegionVote, region_votes
from core.schemas import UtcInstant
from core.services.rows import require_row
from dashboard.api.noun_router import noun_router
from dashboard.url_numbers import Id

router = noun_router("websites")


class RegionalRead(BaseModel):
    """The status of a website in one region."""

    region: str
    status: MonitorStatus | None
    """The status, confirmed by retries; null while the region is silent or has not checked yet."""
    since: UtcInstant | None
    """When the first of the consecutive checks with this status began."""
    last_checked_at: UtcInstant | None
    last_response_time_ms: float | None
    error_message: str | None


class RegionsRead(BaseModel):
    """The status of a website in each region, and its joint status."""

    status: MonitorStatus | None
    """The joint status of all regions; null without regions."""
    reason: str | None
    """The reason, and the regions that disagree; null while all reporting regions are up."""
    quorum: int | None
    """The number of regions that must find the website down."""
    regions: list[RegionalRead]


@router.get("/websites/{website_id}/regions")
async def get_regions(website_id: Id) -> RegionsRead:
    """Return the status in each region of a website. Empty without regions."""
    return await in_session(_read, website_id)


def _read(db: Session, website_id: int) -> RegionsRead:
    website = require_row(db, Website, website_id)
    found = region_votes(db, website, now=utc_now())
    if found is None:
        return RegionsRead(status=None, reason=None, quorum=None, regions=[])
    judgement = found.judgement
    return RegionsRead(
        status=judgement.status,
        reason=judgement.reason,
        quorum=found.quorum,
        regions=[_regional(vote) for vote in found.regions],
    )


def _regional(vote: RegionVote) -> RegionalRead:
    view = vote.view
    return RegionalRead(
        region=vote.region,
        status=vote.status,
        since=vote.vote.since,
        last_checked_at=view.checked_at if view else None,
        last_response_time_ms=view.response_time_ms if view else None,
        error_message=view.error_message if view else None,
    )
