"""/api/v1/websites/{id}/regions: the status of a website in each region."""

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.errors import require_found
from core.models import MonitorStatus
from core.monitoring.region_votes import RegionVote, region_votes
from core.schemas import UtcInstant
from core.services import WebsiteCRUD
from dashboard.api.noun_router import noun_router
from dashboard.url_numbers import Id

router = noun_router("websites")


class RegionalRead(BaseModel):
    """What one region says of a website."""

    region: str
    status: MonitorStatus | None
    """Confirmed by its own retries; null while it is silent, or has not looked yet."""
    since: UtcInstant | None
    """When the first of the checks in a row that say so began."""
    last_checked_at: UtcInstant | None
    last_response_time_ms: float | None
    error_message: str | None


class RegionsRead(BaseModel):
    """What the regions of a website say, and what comes of it."""

    status: MonitorStatus | None
    """What all of them together make of it; null where it names no region."""
    reason: str | None
    """Why, and who disagrees; null while all that speak say up."""
    quorum: int | None
    """How many must report it down."""
    regions: list[RegionalRead]


@router.get("/websites/{website_id}/regions")
async def get_regions(website_id: Id) -> RegionsRead:
    """Return the status in each region of a website. Empty without regions."""
    return await in_session(_read, website_id)


def _read(db: Session, website_id: int) -> RegionsRead:
    website = require_found(WebsiteCRUD.get_by_id(db, website_id), f"website {website_id}")
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
