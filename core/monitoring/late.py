"""What checks that are stored after later ones change: of several workers each may hold its part of an outage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.models import MonitorStatus
from core.monitoring.downtime import Confirmation, Run
from core.schemas import DowntimeWindowCreate, DowntimeWindowUpdate
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD, website_state
from core.services.coverage import Told
from core.services.maintenance_window import maintenance
from core.services.monitor_check import StoredCheck

MOST_READ = 2_000  # checks of a website: nearly three hours of one that is checked every 5 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Failed checks in a row."""

    run: Run
    reason: str | None
    """What the check said that confirmed it."""
    ended_at: datetime | None = None
    """When the website was back; None while it fails."""
    recovery_status: MonitorStatus | None = None


def failures(checks: Iterable[Told], confirmation: Confirmation) -> list[Failure]:
    """The runs of failures in *checks* of one website, which are in order; the last one may go on. Pure."""
    found: list[Failure] = []
    failing: Failure | None = None
    good: list[Told] = []
    last: datetime | None = None
    for check in checks:
        if check.status == MonitorStatus.UNKNOWN:
            continue
        if last is not None and check.checked_at - last > website_state.LONGEST_GAP:
            failing = None
        last = check.checked_at
        if check.status == MonitorStatus.DOWN:
            good = []
            failing = _failed(failing, check, confirmation)
        elif failing is not None:
            good.append(check)
            is_confirmed = failing.run.checks > confirmation.retries
            if len(good) >= confirmation.recoveries or not is_confirmed:
                if is_confirmed:
                    ended = replace(failing, ended_at=good[0].checked_at, recovery_status=check.status)
                    found.append(ended)
                failing, good = None, []
    return [*found, failing] if failing is not None and not good else found


def _failed(failing: Failure | None, check: Told, confirmation: Confirmation) -> Failure:
    if failing is None:
        return Failure(run=Run(since=check.checked_at, checks=1), reason=check.error_message)
    run = replace(failing.run, checks=failing.run.checks + 1)
    is_reason = run.checks == confirmation.retries + 1
    return replace(failing, run=run, reason=check.error_message if is_reason else failing.reason)


def judge_anew(db: Session, late: Sequence[StoredCheck], confirmation: Confirmation) -> list[Failure]:
    """The failures of one website around its checks *late*, with all that is stored by now."""
    since = min(check.checked_at for check in late) - website_state.LONGEST_GAP
    told = MonitorCheckCRUD.told_since(db, late[0].website_id, since, MOST_READ)
    found = failures(told, confirmation)
    return found if len(told) < MOST_READ else [one for one in found if one.ended_at is not None]


def going_on(db: Session, website_id: int, found: Sequence[Failure]) -> Run | None:
    """The last of *found*, which is how the website is from now on; None where it fails no more, or may be excused."""
    state = website_state.read(db, [website_id]).get(website_id)
    if not found or found[-1].ended_at is not None or state is None or state.failing_since is None:
        return None
    run = found[-1].run
    if maintenance(db, [website_id], since=run.since, until=state.checked_at):
        return None
    if run.since < state.failing_since:
        state = replace(state, failing_since=run.since, run_checks=run.checks)
        website_state.write(db, {website_id: state})
    return run


def store_missed(db: Session, late: Sequence[StoredCheck], found: Sequence[Failure]) -> None:
    """Store those of *found* that are over, are known by no window, and to tell of which *late* were needed."""
    for one in found:
        if one.ended_at is not None and any(one.run.since <= check.checked_at < one.ended_at for check in late):
            _store(db, late[0].website_id, one, one.ended_at)


def end_sooner(db: Session, late: Sequence[StoredCheck], found: Sequence[Failure]) -> None:
    """Have windows end where one of *late* was the first good check, unless the website failed again in them."""
    moments = {check.checked_at for check in late}
    for one in found:
        if one.ended_at not in moments or one.ended_at is None:
            continue
        for window in DowntimeWindowCRUD.get_by_website(db, late[0].website_id, one.run.since, one.ended_at)[0]:
            again = any(one.ended_at < other.run.since <= (window.ended_at or one.ended_at) for other in found)
            if window.ended_at is not None and window.ended_at > one.ended_at and not again:
                change = DowntimeWindowUpdate(ended_at=one.ended_at, recovery_status=one.recovery_status)
                DowntimeWindowCRUD.update(db, window.id, change)


def _store(db: Session, website_id: int, failure: Failure, ended_at: datetime) -> None:
    """Store an outage, unless it is known, or may be excused."""
    since = failure.run.since
    touching, _total = DowntimeWindowCRUD.get_by_website(db, website_id, since, ended_at, limit=1)
    if touching or maintenance(db, [website_id], since=since, until=ended_at):
        return
    DowntimeWindowCRUD.create(
        db,
        DowntimeWindowCreate(
            website_id=website_id,
            started_at=since,
            ended_at=ended_at,
            recovery_status=failure.recovery_status,
            affected_checks_count=failure.run.checks,
            root_cause=failure.reason,
        ),
    )
