"""How a website stands with each region that checks it, for whoever shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.models import MonitorStatus, Website
from core.monitoring.regional import vote_of
from core.monitoring.vote import Judgement, Vote, count_votes
from core.schemas.region import majority
from core.services import region_state
from core.services.coverage import TRUST_FACTOR
from core.services.region_state import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one region says of a website."""

    region: str
    vote: Vote
    sight: Sight | None
    """Its latest check; None where it has made none."""

    @property
    def status(self) -> MonitorStatus | None:
        """What it says; None while it is silent, or has not looked yet."""
        return self.vote.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """What all regions of a website say, and what comes of it."""

    regions: Sequence[Standing]
    """In the order in which the website names them."""
    quorum: int
    judgement: Judgement


def standings(db: Session, website: Website, *, now: datetime) -> Standings | None:
    """How *website* stands at *now*, in one read; None where it names no region."""
    if not website.regions:
        return None
    sights = region_state.read(db, [website.id])
    trusted = timedelta(seconds=TRUST_FACTOR * website.check_interval)
    found = []
    for region in website.regions:
        sight = sights.get((website.id, region))
        found.append(Standing(region=region, sight=sight, vote=vote_of(region, sight, now=now, trusted=trusted)))
    quorum = website.quorum or majority(website.regions)
    return Standings(regions=found, quorum=quorum, judgement=count_votes([one.vote for one in found], quorum))
