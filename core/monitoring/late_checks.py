"""Corrects downtime windows for checks that are stored after later ones, as when several workers hold checks back.

All checks around the late ones are replayed twice, without and with the late ones. Only the differences are applied,
so that notes and other changes that people made to windows stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import DowntimeWindow
from core.monitoring.downtime import Closed, Confirmation, Opened
from core.monitoring.late_runs import keep_runs
from core.monitoring.replay import RegionalReplay, Replay, ReplayedWindow
from core.schemas import DowntimeWindowCreate
from core.services import (
    DowntimeWindowCRUD,
    NotificationCRUD,
    coverage_spans,
    judged_check,
    pause,
    region_state,
    website_state,
)
from core.services.maintenance_window import maintenance
from core.services.monitor_check import StoredCheck
from core.services.region_state import Ballot
from core.services.spans import Span

MAX_REPLAYED = 20_000  # checks replayed per website: more than a day at an interval of 5 s
BATCH_SIZE = 500  # checks per query
A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentChange:
    """A change of a website's current state that late checks caused."""

    window_id: int
    transition: Opened | Closed


Change = tuple[ReplayedWindow | None, ReplayedWindow | None]
"""A window without and with the late checks; None if there is none."""


def rejudge(
    db: Session, late: Sequence[StoredCheck], validity: timedelta, confirmation: Confirmation
) -> CurrentChange | None:
    """Change the downtime windows of a website to what they would be if its *late* checks had come in time.

    Args:
        db: A session that has stored the checks and holds the website's lock.
        late: The late checks, in order.
        validity: How long a check of the website stays valid.
        confirmation: How many checks confirm a change.

    Returns:
        The change of the current state, for notifications; None if only the past has changed.
    """
    website_id = late[0].website_id
    ballot = region_state.ballots(db, [website_id]).get(website_id)
    since, window = _replay_start(db, website_id, late[0].checked_at, confirmation, ballot)
    paused = pause.not_over(db, [website_id], since)
    given: dict[str, Any] = {"validity": validity, "paused": paused.get(website_id, ())}
    excused = _excused(db, website_id, since, late[-1].checked_at)
    without, with_them = (
        RegionalReplay(confirmation, excused, window, ballot=ballot, **given)
        if ballot
        else Replay(confirmation, excused, window, **given)
        for _ in range(2)
    )
    is_now = _follow(db, late, since, without, with_them)
    stored = DowntimeWindowCRUD.touching(db, website_id, since)
    deleted = [replayed for replayed in without.windows if _stored_window(replayed, stored) is None]
    news = None
    for before, after in _changes(without, with_them, is_now=is_now):
        if not any(replayed.touches(two) for replayed in (before, after) if replayed is not None for two in deleted):
            news = _carry_out(db, website_id, before, after, stored) or news
    if is_now:
        keep_runs(db, website_id, without, with_them)
    coverage_spans.update_unknown(
        db,
        late,
        validity,
        before=without.undecided,
        now=with_them.undecided,
        known=with_them.known,
        paused=paused,
    )
    return news


def _replay_start(
    db: Session, website_id: int, moment: datetime, confirmation: Confirmation, ballot: Ballot | None
) -> tuple[datetime, ReplayedWindow | None]:
    """Return from when to replay, so that the state at *moment* is exact, and the window that is open then."""
    number = (confirmation.retries + confirmation.recoveries + 2) * (len(ballot.regions) if ballot else 1)
    while True:
        since = judged_check.nth_before(db, website_id, moment, number)
        window = DowntimeWindowCRUD.covering(db, website_id, since)
        if window is None:
            return since, None
        made = judged_check.judged(db, website_id, since=window.started_at - A_MOMENT, until=since, limit=number)
        if len(made) == number or since == moment:
            cause, count = window.root_cause, window.affected_checks_count
            return since, ReplayedWindow(started_at=window.started_at, affected_checks_count=count, root_cause=cause)
        moment = window.started_at  # windows are back-dated, so this one may not have been open yet


def _excused(db: Session, website_id: int, since: datetime, until: datetime) -> list[Span]:
    until = max(until, website_state.read(db, [website_id])[website_id].checked_at) + A_MOMENT
    return maintenance(db, [website_id], since=since, until=until).get(website_id, [])


def _follow(db: Session, late: Sequence[StoredCheck], since: datetime, without: Replay, with_them: Replay) -> bool:
    """Apply the stored checks to both, until the late checks make no difference; return whether that reached now."""
    late_ids, since = {check.id for check in late}, since - A_MOMENT
    for _ in range(MAX_REPLAYED // BATCH_SIZE):
        read = judged_check.judged(db, late[0].website_id, since=since, limit=BATCH_SIZE, is_all=True)
        for check in read:
            with_them.take(check)
            if check.id not in late_ids:
                without.take(check)
        if len(read) < BATCH_SIZE:
            with_them.pass_to(utc_now())
            without.pass_to(utc_now())
            return True
        since = read[-1].checked_at
        if since >= late[-1].checked_at and with_them.is_as(without):
            break
    return False


def _changes(without: Replay, with_them: Replay, *, is_now: bool) -> list[Change]:
    """Return each window that the late checks change, before and after; open ones only if the replay reached now."""
    left = without.windows
    found: list[Change] = []
    for after in with_them.windows:
        before = next((window for window in left if window.touches(after)), None)
        if before is not None:
            left.remove(before)
        found.append((before, after))
    found += [(window, None) for window in left]
    return [
        (before, after)
        for before, after in found
        if before != after
        and (is_now or all(window is None or window.ended_at is not None for window in (before, after)))
    ]


def _carry_out(
    db: Session,
    website_id: int,
    before: ReplayedWindow | None,
    after: ReplayedWindow | None,
    stored: list[DowntimeWindow],
) -> CurrentChange | None:
    """Change the stored window from *before* to *after*, unless a person created the window at that time."""
    known = _stored_window(before or after, stored)
    if before is None and after is not None:
        if known is not None:
            return None
        known = _store(db, website_id, after)
        stored.append(known)
        opened = Opened(
            started_at=after.started_at,
            root_cause=after.root_cause,
            affected_checks_count=after.affected_checks_count,
        )
        return None if after.ended_at else CurrentChange(window_id=known.id, transition=opened)
    if before is None or known is None:
        return None
    if after is None:
        if not (known.is_written_on or NotificationCRUD.is_announced(db, known.id)):
            stored.remove(known)
            DowntimeWindowCRUD.delete(db, known.id)
        return None
    DowntimeWindowCRUD.change(db, known, _amended(known, before, after))
    if before.ended_at is not None or after.ended_at is None or after.recovery_status is None:
        return None
    closed = Closed(ended_at=after.ended_at, recovery_status=after.recovery_status)
    return CurrentChange(window_id=known.id, transition=closed)


def _stored_window(window: ReplayedWindow | None, stored: Sequence[DowntimeWindow]) -> DowntimeWindow | None:
    """Return the stored window that corresponds to *window*, or None."""
    if window is None:
        return None
    same = [candidate for candidate in stored if candidate.started_at == window.started_at]
    return next((candidate for candidate in [*same, *stored] if window.touches(_as_replayed(candidate))), None)


def _as_replayed(window: DowntimeWindow) -> ReplayedWindow:
    return ReplayedWindow(
        started_at=window.started_at,
        affected_checks_count=window.affected_checks_count,
        root_cause=window.root_cause,
        ended_at=window.ended_at,
        recovery_status=window.recovery_status,
    )


def _amended(window: DowntimeWindow, before: ReplayedWindow, after: ReplayedWindow) -> dict[str, Any]:
    """Return the changes to apply to *window*, without the fields that a person has edited."""
    changes = {
        name: getattr(after, name)
        for name in ("started_at", "ended_at", "recovery_status", "root_cause")
        if getattr(before, name) != getattr(after, name) and getattr(window, name) == getattr(before, name)
    }
    counted = after.affected_checks_count - before.affected_checks_count
    return changes | {"affected_checks_count": max(window.affected_checks_count + counted, 0)}


def _store(db: Session, website_id: int, window: ReplayedWindow) -> DowntimeWindow:
    return DowntimeWindowCRUD.create(
        db,
        DowntimeWindowCreate(
            website_id=website_id,
            started_at=window.started_at,
            ended_at=window.ended_at,
            recovery_status=window.recovery_status,
            affected_checks_count=window.affected_checks_count,
            root_cause=window.root_cause,
        ),
    )
