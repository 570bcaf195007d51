"""Collects what decides how a stored check changes its website's downtime window. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.models import MonitorStatus
from core.monitoring.downtime import Confirmation, Run
from core.monitoring.regional import RegionOutcome
from core.monitoring.replay import CONFIRMED_BY_REGIONS
from core.services import coverage_spans
from core.services.monitor_check import StoredCheck
from core.services.runs import MAX_GAP
from core.services.website_state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEffect:
    """A stored check with its website's state before and after it."""

    check: StoredCheck
    before: State | None
    """The website's state before the check; None if it was never checked."""
    after: State | None
    """The website's state after the check; None if the check is late: later checks are stored already."""
    outcome: RegionOutcome | None
    """The outcome of a region's check; None for a website without regions."""
    run: Run | None
    """The run that ends with this check, or the one that the regions agree on; None if the check does not apply to
    the current state."""
    confirmation: Confirmation
    validity: timedelta
    """How long a check of the website stays valid."""

    @property
    def is_failing(self) -> bool:
        """Whether the website is down, or has failed checks that may still be confirmed."""
        if self.outcome is not None:
            return self.outcome.is_failing
        return self.after is not None and self.check.status == MonitorStatus.DOWN

    @property
    def is_late(self) -> bool:
        """Whether later checks of the website were judged without this one."""
        return self.outcome.is_late if self.outcome is not None else self.after is None

    @property
    def may_open(self) -> bool:
        """Whether the check would open a window if none is open."""
        is_down = self.check.status == MonitorStatus.DOWN
        return self.run is not None and is_down and self.run.checks > self.confirmation.retries

    @property
    def gap_since(self) -> datetime | None:
        """When the previous check began, if the gap since is so long that the clock may have been set forward."""
        if self.before is None or self.after is None:
            return None
        previous = self.before.checked_at
        return previous if self.check.checked_at - previous > MAX_GAP else None

    @property
    def is_set_back(self) -> bool:
        """Whether the clock was set back since the previous check, which has a later date."""
        return self.before is not None and self.after is not None and self.check.checked_at < self.before.checked_at

    @property
    def unobserved_failure(self) -> tuple[datetime, datetime] | None:
        """The span of failures that end with this check and contain a gap without checks; else None."""
        if self.outcome is not None or self.after is None:
            return None
        return coverage_spans.unobserved_failure(self.before, self.after, self.validity)


def effects(
    checks: Sequence[StoredCheck],
    votes: Sequence[RegionOutcome | None],
    *,
    before: Mapping[int, State],
    after: Mapping[int, State],
    validity: Mapping[int, timedelta],
    confirmation: Confirmation,
) -> Iterator[CheckEffect]:
    """Return the effect of each of *checks*, oldest first.

    Args:
        before: The state of each website before all checks, by website id.
        after: The state after each check, by check id.
        validity: How long a check of each website stays valid; zero if it is paused since an unknown time.
    """
    latest = dict(before)
    for check, outcome in zip(checks, votes, strict=True):
        previous, now = latest.get(check.website_id), after.get(check.id)
        if now is not None:
            latest[check.website_id] = now
        if outcome is None:
            run = Run.of(now) if now else None
        else:
            run = _agreed(outcome) if validity[check.website_id] else None
        needed = confirmation if outcome is None else CONFIRMED_BY_REGIONS
        yield CheckEffect(
            check=check,
            before=previous,
            after=now,
            outcome=outcome,
            run=run,
            confirmation=needed,
            validity=validity[check.website_id],
        )


def _agreed(outcome: RegionOutcome) -> Run | None:
    judgement = outcome.judgement
    return Run(since=judgement.since, checks=judgement.checks) if judgement.since and not outcome.is_late else None
