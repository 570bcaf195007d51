"""Applies checks to a website's downtime windows in order, when they arrive or in a replay. Pure.

`record` applies each check as it arrives. A `Replay` applies stored checks again, because some may have come late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.models import MonitorStatus
from core.monitoring.downtime import (
    Check,
    Closed,
    Confirmation,
    Extended,
    Opened,
    Run,
    Transition,
    Window,
    advance,
    unexcused,
)
from core.monitoring.regional import RegionOutcome, joint_judgement
from core.services import region_state
from core.services.judged_check import JudgedCheck
from core.services.pause import Paused, is_within
from core.services.region_state import Ballot, RegionCheck, RegionView
from core.services.runs import KeptRun, Running, run_after
from core.services.spans import Span
from core.services.website_state import Ended

CONFIRMED_BY_REGIONS = Confirmation(retries=0, recoveries=1)
"""Each region has confirmed its vote by itself, so a quorum needs no further confirmation."""


def transition(
    window: Window | None,
    check: Check,
    run: Run | None,
    confirmation: Confirmation,
    *,
    outcome: RegionOutcome | None,
    excused: Sequence[Span],
    ended: datetime | None,
) -> Transition | None:
    """Return how *check* changes its website's open window; None if it does not.

    Args:
        window: The open window, or None.
        check: The check to apply.
        run: The run that ends with the check, or the one that the regions agree on; None if the check does not apply
            to the current state.
        confirmation: How many checks confirm a change.
        outcome: The outcome of a region's check; None for a website without regions.
        excused: The website's spans of maintenance.
        ended: When the last window ended, if that was recently. No window begins before that, although a region may
            have failed all the time, or a person may have ended the window.
    """
    if run is None:  # late, never anything but UNKNOWN, or paused: then no check would ever close a window
        return None
    if window is not None and check.checked_at < window.started_at:  # a person opened it with a later start
        return None
    if window is not None and check.status == MonitorStatus.DOWN and outcome and not outcome.is_failing:
        return None  # a region that sees no failure does not extend the window
    is_news = window is None and check.status == MonitorStatus.DOWN
    counted = unexcused(run, excused, check.checked_at) if is_news else run
    if is_news and counted and ended and counted.since < ended <= check.checked_at:
        counted = replace(counted, since=ended)
    return advance(window, check, counted, confirmation) if counted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedWindow:
    """A downtime window derived from checks alone, in a replay."""

    started_at: datetime
    affected_checks_count: int
    root_cause: str | None = None
    ended_at: datetime | None = None
    """When the website recovered; None while it is down."""
    recovery_status: MonitorStatus | None = None

    def touches(self, other: "ReplayedWindow") -> bool:
        """Return whether the two windows overlap."""
        return (other.ended_at is None or self.started_at < other.ended_at) and (
            self.ended_at is None or other.started_at < self.ended_at
        )


class Replay:
    """Derives the downtime windows of a website without regions from its checks, in order."""

    def __init__(
        self,
        confirmation: Confirmation,
        excused: Sequence[Span],
        window: ReplayedWindow | None,
        *,
        validity: timedelta,
        paused: Sequence[Paused] = (),
    ) -> None:
        """*window* is open at the start of the replay. A check stays valid for *validity*, or until a pause."""
        self._confirmation, self._excused, self._validity = confirmation, excused, validity
        self._paused, self._to_come = paused, list(paused)
        self._over: list[ReplayedWindow] = []
        self.open = window
        self.run: KeptRun | None = None
        self.undecided: list[Span] = []
        """Known time within failures that never became a window and contain a gap without checks."""
        self._unseen: list[Span] = []
        """The same for the run of failures that still lasts, which may yet become a window."""
        self._past: list[Span] = []
        self._known: tuple[datetime, datetime] | None = None

    @property
    def windows(self) -> list[ReplayedWindow]:
        return [*self._over, *([self.open] if self.open else [])]

    @property
    def known(self) -> list[Span]:
        """The time about which the checks say something, up to the latest check."""
        if self._known is None or self.run is None:
            return self._past
        return [*self._past, (self._known[0].timestamp(), self.run.checked_at.timestamp())]

    def is_as(self, other: "Replay") -> bool:
        """Return whether any further checks would change both replays alike."""
        is_seen_as = (self._known, self._unseen) == (other._known, other._unseen)
        return is_seen_as and self.open == other.open and _is_same_kept_run(self.run, other.run, self._confirmation)

    def take(self, check: JudgedCheck) -> None:
        """Apply *check*, which must not be older than the previous one."""
        self.pass_to(check.checked_at)
        if not is_within(self._paused, check.checked_at):
            self._take(check)

    def pass_to(self, moment: datetime) -> None:
        """Apply all pauses that began by *moment*."""
        while self._to_come and self._to_come[0].since <= moment:
            self._pause(self._to_come.pop(0).since)

    def _pause(self, at: datetime) -> None:
        if self.run is None:
            return
        failing_since, over = self.run.failing_since, self._end_known(at)
        if failing_since is not None and self.open is None:
            self._note_unseen(over, failing_since)
            self.undecided += self._unseen
        self._unseen = []
        self.run = replace(self.run, failing_since=None, available_since=None, run_checks=None, run_until=None)
        self._end(at, MonitorStatus.UNKNOWN)

    def _end(self, at: datetime, status: MonitorStatus) -> None:
        if self.open is not None:
            self._over.append(replace(self.open, ended_at=at, recovery_status=status))
            self.open = None

    def _take(self, check: JudgedCheck) -> None:
        before, was_down = self.run, self.open is not None
        self.run = run_after(before, check)
        run = Run.of(self.run)
        self._change(check, self._transition(check, run, self._confirmation, None))
        self._note_failures(before, self._update_known(check), was_down=was_down)

    def _note_failures(self, before: KeptRun | None, over: Ended | None, *, was_down: bool) -> None:
        """Note known time that ended, as *over*, within or after the run of failures of *before*."""
        failing_since = before.failing_since if before else None
        now = self.run.failing_since if self.run else None
        goes_on = failing_since is not None and now is not None and now <= failing_since
        if failing_since is None or was_down or (goes_on and self.open is not None):
            self._unseen = []
            return
        self._note_unseen(over, failing_since)
        if not goes_on:
            self.undecided += self._unseen
            self._unseen = []

    def _update_known(self, check: JudgedCheck) -> Ended | None:
        """Update the known time with *check*; return the span of known time that ended before it, or None."""
        moment, over = check.checked_at, None
        is_unknown = check.status == MonitorStatus.UNKNOWN
        if self._known is not None and (is_unknown or self._known[1] < moment):
            over = self._end_known(moment)
        since = self._known[0] if self._known else moment
        self._known = None if is_unknown else (since, moment + self._validity)
        return over

    def _end_known(self, at: datetime) -> Ended | None:
        """End the known time at *at*; return its span, or None if nothing was known."""
        if self._known is None:
            return None
        over = self._known[0], min(self._known[1], at)
        self._past.append((over[0].timestamp(), over[1].timestamp()))
        self._known = None
        return over

    def _note_unseen(self, over: Ended | None, failing_since: datetime) -> None:
        if over is not None and over[1] > failing_since:
            self._unseen.append((max(over[0], failing_since).timestamp(), over[1].timestamp()))

    def _transition(
        self, check: JudgedCheck, run: Run | None, confirmation: Confirmation, outcome: RegionOutcome | None
    ) -> Transition | None:
        ended = self._over[-1].ended_at if self._over else None
        return transition(self.open, check, run, confirmation, outcome=outcome, excused=self._excused, ended=ended)

    def _change(self, check: JudgedCheck, change: Transition | None) -> None:
        match change:
            case Opened():
                self.open = ReplayedWindow(
                    started_at=change.started_at,
                    affected_checks_count=change.affected_checks_count,
                    root_cause=change.root_cause,
                )
            case Extended() if self.open:
                self.open = replace(self.open, affected_checks_count=change.affected_checks_count)
            case Closed():
                self._end(change.ended_at, change.recovery_status)
            case _:
                pass


class RegionalReplay(Replay):
    """Derives the downtime windows of a website that several regions check."""

    def __init__(
        self,
        confirmation: Confirmation,
        excused: Sequence[Span],
        window: ReplayedWindow | None,
        *,
        ballot: Ballot,
        validity: timedelta,
        paused: Sequence[Paused] = (),
    ) -> None:
        super().__init__(confirmation, excused, window, validity=validity, paused=paused)
        self._ballot = ballot
        self.views: dict[str, RegionView] = {}

    def is_as(self, other: Replay) -> bool:
        """Return whether any further checks would change both replays alike."""
        return (
            isinstance(other, RegionalReplay)
            and self.open == other.open
            and self.views.keys() == other.views.keys()
            and all(_is_same_view(view, other.views[region], self._confirmation) for region, view in self.views.items())
        )

    def _pause(self, at: datetime) -> None:
        self.views.clear()
        self._end(at, MonitorStatus.UNKNOWN)

    def _take(self, check: JudgedCheck) -> None:
        region = check.region
        if region is None or region not in self._ballot.regions or check.region_status is None:
            return
        seen = RegionCheck(status=check.region_status, checked_at=check.checked_at, error_message=check.region_message)
        needed = self._confirmation
        view = region_state.after(self.views.get(region), seen, retries=needed.retries, recoveries=needed.recoveries)
        self.views[region] = view
        judgement = joint_judgement(
            self._ballot, self.views, check.checked_at, self._validity, is_down=self.open is not None
        )
        outcome = RegionOutcome.of(judgement, seen.status, view, needed)
        run = Run(since=judgement.since, checks=judgement.checks) if judgement.since else None
        judged = check._replace(status=judgement.status, error_message=judgement.reason)
        self._change(judged, self._transition(judged, run, CONFIRMED_BY_REGIONS, outcome))


def _is_same_kept_run(one: KeptRun | None, other: KeptRun | None, confirmation: Confirmation) -> bool:
    if one is None or other is None:
        return one is other
    max_count = max(confirmation.retries + 1, confirmation.recoveries)
    return (one.checked_at, one.run_until) == (other.checked_at, other.run_until) and _is_same_run(
        one, other, max_count
    )


def _is_same_view(one: RegionView, other: RegionView, confirmation: Confirmation) -> bool:
    max_count = max(confirmation.retries + 1, confirmation.recoveries)
    alike = (one.checked_at, one.run_until, one.is_down) == (other.checked_at, other.run_until, other.is_down)
    return alike and _is_same_run(one, other, max_count)


def _is_same_run(one: Running, other: Running, max_count: int) -> bool:
    """Return whether both runs decide alike from now on; counts above *max_count* make no difference."""
    if (one.failing_since, other.failing_since) != (None, None):
        is_same = one.failing_since == other.failing_since
    else:
        is_same = (one.available_since is None) == (other.available_since is None)
    return is_same and min(one.run_checks or 0, max_count) == min(other.run_checks or 0, max_count)
