"""Judges websites that several regions check, in the transaction that stores a region's check."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy.orm import Session

from core.clock import is_ahead
from core.models import MonitorStatus
from core.monitoring.downtime import Confirmation
from core.monitoring.judged_result import JudgedResult
from core.monitoring.vote import Judgement, Vote, count_votes
from core.schemas.region import majority
from core.services import pause, region_state
from core.services.pause import Pauses
from core.services.region_state import Ballot, Key, RegionCheck, RegionView


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionOutcome:
    """The result of one region's check, together with the votes of the other regions."""

    judgement: Judgement
    is_failing: bool
    """Whether the region finds the website down, or has failed checks that may still be confirmed."""
    is_new_failure: bool
    """Whether the failure in this region is new, so that the other regions should check soon."""
    is_late: bool = False
    """Whether later checks of the website are stored already. A late check says nothing about the current state."""

    @classmethod
    def of(
        cls,
        judgement: Judgement,
        status: MonitorStatus,
        view: RegionView,
        confirmation: Confirmation,
        *,
        is_late: bool = False,
    ) -> Self:
        """Return the outcome of a check with *status*, after which the region's state is *view*."""
        is_failing = status == MonitorStatus.DOWN
        return cls(
            judgement=judgement,
            is_failing=is_failing or view.is_down,
            is_new_failure=is_failing and (view.run_checks or 0) <= confirmation.retries + 1,
            is_late=is_late,
        )


def apply_votes(
    db: Session,
    results: Sequence[JudgedResult],
    validity: Mapping[int, timedelta],
    is_down: Callable[[int], bool],
    confirmation: Confirmation,
    *,
    paused: Pauses,
) -> list[tuple[JudgedResult, RegionOutcome | None]]:
    """Update the state of each region and return *results*, oldest first, each with its outcome.

    The outcome is None for websites without regions. Results of a region that the website no longer names are left
    out. Runs three statements if any result is of a region, else none. The transaction must hold the locks of the
    websites.

    Args:
        validity: How long a check of each website stays valid. After that its region is silent.
        is_down: Returns whether a website has an open downtime window.
        paused: The pauses of the websites. A check from before the end of a pause says nothing about the current state.
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
            outcome = counting.count(judged, judged.region, ballot, validity[judged.website_id], is_past=is_past)
            found.append((judged, outcome))
    region_state.write(db, {key: counting.views[key] for key in sorted(counting.changed)})
    return found


class _Counting:
    """Counts votes one after the other, each together with the votes of the other regions at that time."""

    def __init__(self, views: dict[Key, RegionView], down: dict[int, bool], confirmation: Confirmation) -> None:
        """*down* says for each website whether it has an open downtime window."""
        self.views = views
        self.changed: set[Key] = set()
        self._down = down
        self._behind: set[int] = set()
        """Websites with a late check: their checks after it count as late too, as they were judged without it."""
        self._confirmation = confirmation

    def count(
        self, judged: JudgedResult, region: str, ballot: Ballot, validity: timedelta, *, is_past: bool
    ) -> RegionOutcome:
        """Return the outcome of *judged*, made by *region*. If *is_past*, it says nothing about the current state."""
        website_id, key = judged.website_id, (judged.website_id, region)
        own = {name: self.views[website_id, name] for name in ballot.regions if (website_id, name) in self.views}
        if is_past or _came_before(own, judged):
            self._behind.add(website_id)
        if is_past:
            own.setdefault(region, _updated_view(None, judged, self._confirmation))
        elif not _is_before(judged, own.get(region)):
            own[region] = self.views[key] = _updated_view(own.get(region), judged, self._confirmation)
            self.changed.add(key)
        judgement = joint_judgement(ballot, own, _latest(own, judged), validity, is_down=self._down[website_id])
        if judgement.status != MonitorStatus.UNKNOWN:
            self._down[website_id] = judgement.status == MonitorStatus.DOWN
        is_late = website_id in self._behind
        return RegionOutcome.of(judgement, judged.verdict.status, own[region], self._confirmation, is_late=is_late)


def vote_of(region: str, view: RegionView | None, *, now: datetime, validity: timedelta) -> Vote:
    """Return the vote of *region* at *now*; the region is silent if its latest check is older than *validity*."""
    if view is None:
        return Vote(region=region, status=None)
    if view.status == MonitorStatus.UNKNOWN or view.checked_at + validity < now:
        return Vote(region=region, status=None, was_down=view.is_down)
    is_limping = view.status == MonitorStatus.DEGRADED
    says = MonitorStatus.DEGRADED if is_limping else MonitorStatus.UP
    return Vote(
        region=region,
        status=MonitorStatus.DOWN if view.is_down else says,
        since=view.failing_since if view.is_down else view.available_since,
        checks=view.run_checks or 0,
        reason=view.error_message,
        kind=view.error_kind,
    )


def _is_before(judged: JudgedResult, view: RegionView | None) -> bool:
    return view is not None and judged.result.started_at < view.checked_at and not is_ahead(view.checked_at)


def _came_before(own: Mapping[str, RegionView], judged: JudgedResult) -> bool:
    """Return whether later checks of the website are stored and *judged* may change their judgement."""
    matters = judged.verdict.status == MonitorStatus.DOWN or any(
        view.failing_since is not None or view.is_down for view in own.values()
    )
    is_own = _is_before(judged, own.get(judged.region or ""))
    return is_own or (matters and any(_is_before(judged, view) for view in own.values()))


def _latest(own: Mapping[str, RegionView], judged: JudgedResult) -> datetime:
    """Return when the website's last check began.

    A region whose clock was ahead is ignored: otherwise its date would make all other regions look silent.
    """
    begun = (view.checked_at for view in own.values() if not is_ahead(view.checked_at))
    return max(begun, default=judged.result.started_at)


def _updated_view(before: RegionView | None, judged: JudgedResult, confirmation: Confirmation) -> RegionView:
    result, verdict = judged.result, judged.verdict
    seen = RegionCheck(
        status=verdict.status,
        checked_at=result.started_at,
        response_time_ms=result.response_time_ms,
        http_status_code=result.http_status_code,
        error_message=verdict.reason,
        error_kind=verdict.kind,
    )
    return region_state.after(before, seen, retries=confirmation.retries, recoveries=confirmation.recoveries)


def joint_judgement(
    ballot: Ballot, views: Mapping[str, RegionView], now: datetime, validity: timedelta, *, is_down: bool
) -> Judgement:
    """Return the judgement of all regions of *ballot* at *now*, by each region's latest check. Pure."""
    votes = [vote_of(region, views.get(region), now=now, validity=validity) for region in ballot.regions]
    return count_votes(votes, ballot.quorum or majority(ballot.regions), is_down=is_down)
