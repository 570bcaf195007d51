"""What of a stored check decides on its website's downtime window. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.models import MonitorStatus
from core.monitoring.downtime import Confirmation, Run
from core.monitoring.regional import RegionOutcome
from core.monitoring.replay import CONFIRMED_BY_REGIONS
from core.services import coverage_spans
from core.services.monitor_check import StoredCheck
from core.services.website_state import LONGEST_GAP, State


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEffect:
    """A stored check, and what it rests on."""

    check: StoredCheck
    before: State | None
    """How its website was until then; None where it was never checked."""
    after: State | None
    """How it is since; None where checks of later times are stored already, so that this one says nothing of now."""
    outcome: RegionOutcome | None
    """What came of a region's check; None where one check is enough."""
    run: Run | None
    """The checks in a row of which it is the last, or those on which its region agrees with others; None where it
    says nothing of now."""
    confirmation: Confirmation
    trusted: timedelta
    """For how long a check of the website speaks."""

    @property
    def is_failing(self) -> bool:
        """Whether it says that the website is down, or may turn out to be."""
        if self.outcome is not None:
            return self.outcome.is_failing
        return self.after is not None and self.check.status == MonitorStatus.DOWN

    @property
    def is_late(self) -> bool:
        """Whether later checks of the website were judged without it."""
        return self.outcome.is_late if self.outcome is not None else self.after is None

    @property
    def may_open(self) -> bool:
        """Whether it would open a window where there is none."""
        is_down = self.check.status == MonitorStatus.DOWN
        return self.run is not None and is_down and self.run.checks > self.confirmation.retries

    @property
    def gap_since(self) -> datetime | None:
        """The check before it, where nobody looked for so long since that the clock may have been set forward."""
        if self.before is None or self.after is None:
            return None
        previous = self.before.checked_at
        return previous if self.check.checked_at - previous > LONGEST_GAP else None

    @property
    def is_set_back(self) -> bool:
        """Whether the clock was set back since the check before it, which is dated later."""
        return self.before is not None and self.after is not None and self.check.checked_at < self.before.checked_at

    @property
    def unseen(self) -> tuple[datetime, datetime] | None:
        """When the failures were that are over with it, and of which somebody did not see the whole."""
        if self.outcome is not None or self.after is None:
            return None
        return coverage_spans.unseen(self.before, self.after, self.trusted)


def effects(
    checks: Sequence[StoredCheck],
    votes: Sequence[RegionOutcome | None],
    *,
    before: Mapping[int, State],
    after: Mapping[int, State],
    trusted: Mapping[int, timedelta],
    confirmation: Confirmation,
) -> Iterator[CheckEffect]:
    """*checks*, oldest first, each with what came of it.

    Args:
        before: How each website was before all of them, by its id.
        after: How it was after each check, by the check's id.
        trusted: For how long a check of each website speaks; zero where it is paused and nobody knows since when.
    """
    latest = dict(before)
    for check, outcome in zip(checks, votes, strict=True):
        previous, now = latest.get(check.website_id), after.get(check.id)
        if now is not None:
            latest[check.website_id] = now
        if outcome is None:
            run = Run.of(now) if now else None
        else:
            run = _agreed(outcome) if trusted[check.website_id] else None
        needed = confirmation if outcome is None else CONFIRMED_BY_REGIONS
        yield CheckEffect(
            check=check,
            before=previous,
            after=now,
            outcome=outcome,
            run=run,
            confirmation=needed,
            trusted=trusted[check.website_id],
        )


def _agreed(outcome: RegionOutcome) -> Run | None:
    said = outcome.judgement
    return Run(since=said.since, checks=said.checks) if said.since and not outcome.is_late else None
