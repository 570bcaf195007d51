"""Holds the open downtime windows of a batch in memory, applies each check to them, and stores them together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import NEVER_SET
from core.models import MonitorStatus
from core.monitoring.downtime import Closed, Extended, Opened, Transition
from core.schemas import DowntimeWindowCreate
from core.services import DowntimeWindowCRUD, judged_check
from core.services.downtime_window import OngoingWindow, WindowChange, duration_seconds
from core.services.monitor_check import StoredCheck


@dataclass(slots=True, kw_only=True)
class Draft:
    """A downtime window that is still to be stored."""

    id: int | None = None
    """None before the window is created in the store."""
    website_id: int
    started_at: datetime
    affected_checks_count: int
    root_cause: str | None = None
    initial_status: MonitorStatus = MonitorStatus.DOWN
    ended_at: datetime | None = None
    recovery_status: MonitorStatus | None = None
    is_planned: bool = False
    """Whether a person created the window ahead of its start."""
    is_moved: bool = False
    """Whether ``started_at`` differs from the stored value."""
    check_ids: list[int] = field(default_factory=list)
    """The checks that changed the window."""

    @classmethod
    def of(cls, window: OngoingWindow) -> "Draft":
        return cls(
            id=window.id,
            website_id=window.website_id,
            started_at=window.started_at,
            affected_checks_count=window.affected_checks_count,
            is_planned=window.created_at < window.started_at,
        )


class WindowBatch:
    """Reads windows once, lets each check change them in turn, and stores them once."""

    def __init__(self, db: Session, website_ids: Sequence[int]) -> None:
        ongoing = DowntimeWindowCRUD.get_ongoing(db, website_ids)
        self._open = {website_id: Draft.of(window) for website_id, window in ongoing.items()}
        self._changed: list[Draft] = []
        self._ends: dict[int, datetime] = {}

    def open_window(self, website_id: int) -> Draft | None:
        return self._open.get(website_id)

    def is_down(self, website_id: int) -> bool:
        return website_id in self._open

    def look_back(self, db: Session, website_ids: Sequence[int], since: datetime) -> None:
        """Load when the last windows of these websites ended, if that was after *since*."""
        self._ends |= DowntimeWindowCRUD.last_ends(db, website_ids, since)

    def ended(self, website_id: int) -> datetime | None:
        """Return when the website's last window ended, if `look_back` has loaded it."""
        return self._ends.get(website_id)

    def set_back(self, website_id: int, moment: datetime) -> None:
        """Move the start of the open window back to *moment* if that is earlier, after the clock was set back."""
        draft = self._open.get(website_id)
        if draft is not None and moment < draft.started_at and not draft.is_planned:
            draft.started_at, draft.is_moved = moment, draft.id is not None

    def set_forward(self, db: Session, website_id: int, previous: datetime, moment: datetime) -> None:
        """Move the start of the open window forward, if the clock was behind until *previous*.

        Stored checks between *previous* and *moment* with lower ids show that the clock was behind. So does a start
        long before Watchwright existed.
        """
        draft = self._open.get(website_id)
        if draft is None or draft.started_at > previous or draft.is_planned:
            return
        since = judged_check.failing_since(db, website_id, after=previous, before=moment)
        if since is None and draft.started_at < NEVER_SET <= moment:
            since = moment
        if since is not None:
            draft.started_at, draft.is_moved = since, draft.id is not None

    def apply(self, check: StoredCheck, transition: Transition | None) -> None:
        """Apply *transition*, which *check* caused, to the website's window."""
        match transition:
            case Opened():
                draft = self._open[check.website_id] = Draft(
                    website_id=check.website_id,
                    started_at=transition.started_at,
                    affected_checks_count=transition.affected_checks_count,
                    root_cause=transition.root_cause,
                    initial_status=check.status,
                )
            case Extended():
                draft = self._open[check.website_id]
                draft.affected_checks_count = transition.affected_checks_count
            case Closed():
                draft = self._open.pop(check.website_id)
                draft.ended_at, draft.recovery_status = transition.ended_at, transition.recovery_status
                self._ends[check.website_id] = transition.ended_at
            case None:
                return
        if not draft.check_ids:
            self._changed.append(draft)
        draft.check_ids.append(check.id)

    def store(self, db: Session) -> dict[int, int]:
        """Store the changed windows; return the window's id by the id of each check that changed it."""
        new = [draft for draft in self._changed if draft.id is None]
        changes = [_change(draft, draft.id) for draft in self._changed if draft.id is not None]
        stored = DowntimeWindowCRUD.bulk_create(db, [_create(draft) for draft in new])
        for draft, window in zip(new, stored, strict=True):
            draft.id = window.id
        DowntimeWindowCRUD.change_many(db, changes)
        for draft in self._changed:
            if draft.id is not None and draft.is_moved:
                DowntimeWindowCRUD.begin_at(db, draft.id, draft.started_at)
        return {check_id: draft.id for draft in self._changed for check_id in draft.check_ids if draft.id is not None}


def _create(draft: Draft) -> DowntimeWindowCreate:
    return DowntimeWindowCreate(
        website_id=draft.website_id,
        started_at=draft.started_at,
        ended_at=draft.ended_at,
        initial_status=draft.initial_status,
        recovery_status=draft.recovery_status,
        affected_checks_count=draft.affected_checks_count,
        root_cause=draft.root_cause,
    )


def _change(draft: Draft, window_id: int) -> WindowChange:
    return WindowChange(
        id=window_id,
        affected_checks_count=draft.affected_checks_count,
        ended_at=draft.ended_at,
        duration_seconds=duration_seconds(draft.started_at, draft.ended_at),
        recovery_status=draft.recovery_status,
    )
