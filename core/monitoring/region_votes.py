"""Reads the current vote of each region of a website, for display."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.models import MonitorStatus, Website
from core.monitoring.regional import vote_of
from core.monitoring.vote import Judgement, Vote, count_votes
from core.schemas.region import majority
from core.services import region_state
from core.services.coverage import VALID_INTERVALS
from core.services.region_state import RegionView


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionVote:
    """One region's current vote on a website."""

    region: str
    vote: Vote
    view: RegionView | None
    """The region's state after its latest check; None before its first check."""

    @property
    def status(self) -> MonitorStatus | None:
        """The status that the region votes for; None while it is silent or has not checked yet."""
        return self.vote.status


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionVotes:
    """The votes of all regions of a website, and the joint judgement."""

    regions: Sequence[RegionVote]
    """One per region, in the website's order."""
    quorum: int
    judgement: Judgement


def region_votes(db: Session, website: Website, *, now: datetime) -> RegionVotes | None:
    """Return the votes on *website* at *now*, in one query; None if it names no region."""
    if not website.regions:
        return None
    views = region_state.read(db, [website.id])
    validity = timedelta(seconds=VALID_INTERVALS * website.check_interval)
    found = []
    for region in website.regions:
        view = views.get((website.id, region))
        found.append(RegionVote(region=region, view=view, vote=vote_of(region, view, now=now, validity=validity)))
    quorum = website.quorum or majority(website.regions)
    return RegionVotes(regions=found, quorum=quorum, judgement=count_votes([vote.vote for vote in found], quorum))
