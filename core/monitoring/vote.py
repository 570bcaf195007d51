"""Combines the votes of several regions into one judgement: a quorum of them makes a website DOWN. Pure.

Each region votes with its own status, confirmed by its own retries. A region that is silent, or whose own network
failed, does not vote. If too few regions vote to decide either way, the website is UNKNOWN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.input_messages import sentence
from core.models import MonitorStatus
from core.phrases import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One region's status of a website."""

    region: str
    status: MonitorStatus | None
    """The confirmed status: UP, DEGRADED or DOWN; None while the region is silent."""
    since: datetime | None = None
    """When the first check with this status began."""
    checks: int = 0
    """How many checks in a row have this status."""
    reason: str | None = None
    kind: str | None = None
    """Reason and kind as in `core.monitoring.verdict.Verdict`."""
    was_down: bool = False
    """For a silent region: whether its last vote was DOWN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The joint status of a website by the votes of its regions."""

    status: MonitorStatus
    reason: str | None
    """The reason, and which regions disagree; None when every vote is UP."""
    kind: str | None
    since: datetime | None
    """When DOWN began, which is when the region that completed the quorum first failed; else the latest recovery."""
    checks: int
    """The number of checks, over all regions, that the status rests on."""


def count_votes(votes: Sequence[Vote], quorum: int, *, is_down: bool = False) -> Judgement:
    """Return the judgement that *votes* lead to.

    Args:
        votes: One for each region of the website, in the website's order.
        quorum: The number of DOWN votes that make the website DOWN, at least 1.
        is_down: Whether the website is DOWN already. A region that fell silent after a DOWN vote then does not count
            as recovered.
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
        return _judgement(MonitorStatus.UNKNOWN, None, f"Too few regions have a result: {_regions_by_vote(votes)}.", up)
    if down:
        return _judgement(
            MonitorStatus.DEGRADED, down[0], f"{_reason(down[0])} {sentence(_regions_by_vote(votes))}", up
        )
    if len(limping) >= quorum or (limping and len(limping) == len(up)):
        return _judgement(
            MonitorStatus.DEGRADED, limping[0], f"{_reason(limping[0])} {sentence(_regions_by_vote(votes))}", up
        )
    return _judgement(MonitorStatus.UP, None, None, up)


def _down(votes: Sequence[Vote], down: Sequence[Vote], quorum: int) -> Judgement:
    first = min(down, key=_began)
    began = sorted(vote.since for vote in down if vote.since is not None)
    return Judgement(
        status=MonitorStatus.DOWN,
        reason=f"{_reason(first)} {sentence(_regions_by_vote(votes))}",
        kind=first.kind,
        since=began[min(quorum, len(began)) - 1] if began else None,
        checks=sum(vote.checks for vote in down),
    )


def _judgement(status: MonitorStatus, first: Vote | None, reason: str | None, up: Sequence[Vote]) -> Judgement:
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
    return vote.reason or "No reason given."


def _regions_by_vote(votes: Sequence[Vote]) -> str:
    """Return the regions by their vote, worst first, such as ``down in eu and us, up in ap``."""
    parts = []
    for status in (MonitorStatus.DOWN, MonitorStatus.DEGRADED, MonitorStatus.UP):
        names = [vote.region for vote in votes if vote.status == status]
        if names:
            parts.append(f"{status.value.lower()} in {listed(names)}")
    if silent := [vote.region for vote in votes if vote.status is None]:
        parts.append(f"no report from {listed(silent)}")
    return ", ".join(parts)
