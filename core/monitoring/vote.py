"""What several regions make of a website together: a quorum of them makes it DOWN. Pure.

A region votes with what it says, which its own retries have confirmed; one that is silent, or knows nothing because
its own network failed, does not vote. Where too few are left to say it either way, nothing is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.models import MonitorStatus
from core.phrases import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one region says of a website."""

    region: str
    status: MonitorStatus | None
    """Confirmed: UP, DEGRADED or DOWN; None while it is silent."""
    since: datetime | None = None
    """When the first of the checks that say so began."""
    checks: int = 0
    """How many say so, in a row."""
    reason: str | None = None
    kind: str | None = None
    """As `core.monitoring.verdict.Verdict` has both."""
    was_down: bool = False
    """Of a silent one: whether it said DOWN when the region was last heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the regions say together."""

    status: MonitorStatus
    reason: str | None
    """Why, and who disagrees; None when all that speak say UP."""
    kind: str | None
    since: datetime | None
    """Since when: as it went down, when the region that made the quorum first failed; else the latest recovery."""
    checks: int
    """How many failed checks of how many regions that rests on."""


def count_votes(votes: Sequence[Vote], quorum: int, *, is_down: bool = False) -> Judgement:
    """What *votes*, one for each region that checks the website, make of it.

    Args:
        votes: In the order in which the website names the regions.
        quorum: How many must say DOWN, at least 1.
        is_down: Whether the website is called down already: a region that fell silent as it said so is then no
            recovery.
    """
    down = [vote for vote in votes if vote.status == MonitorStatus.DOWN]
    up = [vote for vote in votes if vote.status in (MonitorStatus.UP, MonitorStatus.DEGRADED)]
    limping = [vote for vote in up if vote.status == MonitorStatus.DEGRADED]
    if len(down) >= quorum:
        return _down(votes, down, quorum)
    fallen_silent = [vote for vote in votes if vote.status is None and vote.was_down]
    cannot_be_down = len(votes) - len(up) < quorum
    is_known = cannot_be_down or len(down) + len(up) >= quorum
    if not is_known or (is_down and len(down) + len(fallen_silent) >= quorum):
        return _of(MonitorStatus.UNKNOWN, None, f"Too few regions can tell: {_who_says(votes)}.", up)
    if down:
        return _of(MonitorStatus.DEGRADED, down[0], f"{_reason(down[0])} {_who_says(votes)}.", up)
    if len(limping) >= quorum or (limping and len(limping) == len(up)):
        return _of(MonitorStatus.DEGRADED, limping[0], f"{_reason(limping[0])} {_who_says(votes)}.", up)
    return _of(MonitorStatus.UP, None, None, up)


def _down(votes: Sequence[Vote], down: Sequence[Vote], quorum: int) -> Judgement:
    first = min(down, key=_began)
    began = sorted(vote.since for vote in down if vote.since is not None)
    return Judgement(
        status=MonitorStatus.DOWN,
        reason=f"{_reason(first)} {_who_says(votes)}.",
        kind=first.kind,
        since=began[min(quorum, len(began)) - 1] if began else None,
        checks=sum(vote.checks for vote in down),
    )


def _of(status: MonitorStatus, first: Vote | None, reason: str | None, up: Sequence[Vote]) -> Judgement:
    return Judgement(
        status=status,
        reason=reason and reason[:1].upper() + reason[1:],
        kind=first.kind if first else None,
        since=max((vote.since for vote in up if vote.since is not None), default=None),
        checks=sum(vote.checks for vote in up),
    )


def _began(vote: Vote) -> float:
    return vote.since.timestamp() if vote.since else float("inf")


def _reason(vote: Vote) -> str:
    return vote.reason or "No reason was told."


def _who_says(votes: Sequence[Vote]) -> str:
    """``eu and us say down, ap says up``: who says what, in the order of how bad it is."""
    said = []
    for status in (MonitorStatus.DOWN, MonitorStatus.DEGRADED, MonitorStatus.UP):
        names = [vote.region for vote in votes if vote.status == status]
        if names:
            said.append(f"{listed(names)} say{'s' if len(names) == 1 else ''} {status.value.lower()}")
    if silent := [vote.region for vote in votes if vote.status is None]:
        said.append(f"{listed(silent)} {'is' if len(silent) == 1 else 'are'} silent")
    return ", ".join(said)
