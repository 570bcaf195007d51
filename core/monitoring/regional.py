"""What a region's check makes of its website, beside what the other regions say; in the transaction that stores it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy.orm import Session

from core.models import MonitorStatus
from core.monitoring.downtime import Confirmation
from core.monitoring.judged_result import JudgedResult
from core.monitoring.vote import Judgement, Vote, count_votes
from core.schemas.region import majority
from core.services import pause, region_state
from core.services.pause import Pauses
from core.services.region_state import Ballot, Key, Seen, Sight
from core.services.website_state import is_ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionOutcome:
    """What came of one region's check."""

    judgement: Judgement
    is_failing: bool
    """Whether the region finds its website down, or may turn out to."""
    is_new_failure: bool
    """Whether it has only begun to: the other regions had better look as well."""
    is_late: bool = False
    """Whether others of its website that were made since are stored: it says nothing of now."""

    @classmethod
    def of(
        cls,
        judgement: Judgement,
        status: MonitorStatus,
        sight: Sight,
        confirmation: Confirmation,
        *,
        is_late: bool = False,
    ) -> Self:
        """What came of a check that said *status*, after which its region says *sight*."""
        is_failing = status == MonitorStatus.DOWN
        return cls(
            judgement=judgement,
            is_failing=is_failing or sight.is_down,
            is_new_failure=is_failing and (sight.run_checks or 0) <= confirmation.retries + 1,
            is_late=is_late,
        )


def apply_votes(
    db: Session,
    results: Sequence[JudgedResult],
    trusted: Mapping[int, timedelta],
    is_down: Callable[[int], bool],
    confirmation: Confirmation,
    *,
    paused: Pauses,
) -> list[tuple[JudgedResult, RegionOutcome | None]]:
    """*results*, oldest first, each with what comes of it; None where one check is enough.

    Those of a region that its website names no more are left out. Three statements where a region made any of them,
    else none. Their websites are held by the transaction.

    Args:
        trusted: For how long a check of each website speaks: later its region is silent.
        is_down: Whether a website is called down.
        paused: Their pauses: a check from before the end of one says nothing of now.
    """
    ids = sorted({judged.website_id for judged in results if judged.region is not None})
    ballots = region_state.ballots(db, ids) if ids else {}
    if not ballots:
        return [(judged, None) for judged in results]
    down = {website_id: is_down(website_id) for website_id in ballots}
    counting = _Counting(region_state.read(db, list(ballots)), down, confirmation)
    found: list[tuple[JudgedResult, RegionOutcome | None]] = []
    for judged in results:
        ballot = ballots.get(judged.website_id)
        if ballot is None or judged.region is None:
            found.append((judged, None))
        elif judged.region in ballot.regions:
            is_past = pause.is_before_end(paused.get(judged.website_id, ()), judged.result.started_at)
            outcome = counting.count(judged, judged.region, ballot, trusted[judged.website_id], is_past=is_past)
            found.append((judged, outcome))
    region_state.write(db, {key: counting.sights[key] for key in sorted(counting.changed)})
    return found


class _Counting:
    """Counts votes one after the other, each with what the regions said until then."""

    def __init__(self, sights: dict[Key, Sight], down: dict[int, bool], confirmation: Confirmation) -> None:
        """*down* says of each website whether it is called down."""
        self.sights = sights
        self.changed: set[Key] = set()
        self._down = down
        self._behind: set[int] = set()
        """Websites of which a check came late, with all that follow: those were not judged by what it changes."""
        self._confirmation = confirmation

    def count(
        self, judged: JudgedResult, region: str, ballot: Ballot, trusted: timedelta, *, is_past: bool
    ) -> RegionOutcome:
        """What comes of *judged*, which *region* made; one that *is_past* says nothing of now."""
        website_id, key = judged.website_id, (judged.website_id, region)
        own = {one: self.sights[website_id, one] for one in ballot.regions if (website_id, one) in self.sights}
        if is_past or _overtook(own, judged):
            self._behind.add(website_id)
        if is_past:
            own.setdefault(region, _look(None, judged, self._confirmation))
        elif not _is_before(judged, own.get(region)):
            own[region] = self.sights[key] = _look(own.get(region), judged, self._confirmation)
            self.changed.add(key)
        judgement = joint_judgement(ballot, own, _latest(own, judged), trusted, is_down=self._down[website_id])
        if judgement.status != MonitorStatus.UNKNOWN:
            self._down[website_id] = judgement.status == MonitorStatus.DOWN
        is_late = website_id in self._behind
        return RegionOutcome.of(judgement, judged.verdict.status, own[region], self._confirmation, is_late=is_late)


def vote_of(region: str, sight: Sight | None, *, now: datetime, trusted: timedelta) -> Vote:
    """What *region* says of a website at *now*; it is silent once its latest check speaks no more."""
    if sight is None:
        return Vote(region=region, status=None)
    if sight.status == MonitorStatus.UNKNOWN or sight.checked_at + trusted < now:
        return Vote(region=region, status=None, was_down=sight.is_down)
    is_limping = sight.status == MonitorStatus.DEGRADED
    says = MonitorStatus.DEGRADED if is_limping else MonitorStatus.UP
    return Vote(
        region=region,
        status=MonitorStatus.DOWN if sight.is_down else says,
        since=sight.failing_since if sight.is_down else sight.available_since,
        checks=sight.run_checks or 0,
        reason=sight.error_message,
        kind=sight.error_kind,
    )


def _is_before(judged: JudgedResult, sight: Sight | None) -> bool:
    return sight is not None and judged.result.started_at < sight.checked_at and not is_ahead(sight.checked_at)


def _overtook(own: Mapping[str, Sight], judged: JudgedResult) -> bool:
    """Whether later checks of the website are stored, and what *judged* says may change what they came to."""
    matters = judged.verdict.status == MonitorStatus.DOWN or any(
        sight.failing_since is not None or sight.is_down for sight in own.values()
    )
    is_own = _is_before(judged, own.get(judged.region or ""))
    return is_own or (matters and any(_is_before(judged, sight) for sight in own.values()))


def _latest(own: Mapping[str, Sight], judged: JudgedResult) -> datetime:
    """When the last check of the website began, but for one by a clock that was ahead: its region silences no other."""
    begun = (sight.checked_at for sight in own.values() if not is_ahead(sight.checked_at))
    return max(begun, default=judged.result.started_at)


def _look(before: Sight | None, judged: JudgedResult, confirmation: Confirmation) -> Sight:
    result, verdict = judged.result, judged.verdict
    seen = Seen(
        status=verdict.status,
        checked_at=result.started_at,
        response_time_ms=result.response_time_ms,
        http_status_code=result.http_status_code,
        error_message=verdict.reason,
        error_kind=verdict.kind,
    )
    return region_state.after(before, seen, retries=confirmation.retries, recoveries=confirmation.recoveries)


def joint_judgement(
    ballot: Ballot, sights: Mapping[str, Sight], now: datetime, trusted: timedelta, *, is_down: bool
) -> Judgement:
    """What the regions of *ballot* say together at *now*, each by its latest check; pure."""
    votes = [vote_of(region, sights.get(region), now=now, trusted=trusted) for region in ballot.regions]
    return count_votes(votes, ballot.quorum or majority(ballot.regions), is_down=is_down)
