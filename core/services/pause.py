"""All SQL about pauses of websites.

A check that began before a pause counts up to the pause, even if it is stored later. A check that began during the
pause, because its worker did not know of the pause yet, is ignored.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from core.clock import NEVER_SET, is_ahead
from core.models import MonitorCheck, Pause, UtcDateTime
from core.services import website_state
from core.services.prepared import IDS, rows_of

KEEP_TIME = timedelta(days=31)  # longer than a worker holds checks that it cannot store

_pauses = Pause.__table__
_NOT_OVER = (
    select(_pauses.c.website_id, _pauses.c.started_at, _pauses.c.ended_at)
    .where(
        _pauses.c.website_id.in_(IDS),
        or_(_pauses.c.ended_at.is_(None), _pauses.c.ended_at > bindparam("since", type_=UtcDateTime())),
    )
    .order_by(_pauses.c.started_at, _pauses.c.id)
)


class Paused(NamedTuple):
    """A pause of a website; the end is None while it lasts."""

    since: datetime
    until: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Return whether *moment* is within the pause."""
        return self.since <= moment and not self.is_over_by(moment)

    def is_over_by(self, moment: datetime) -> bool:
        """Return whether the pause ended by *moment*."""
        return self.until is not None and self.until <= moment


Pauses = Mapping[int, Sequence[Paused]]
"""The pauses of websites by id, earliest first, without websites that had none."""

NEVER: Pauses = MappingProxyType({})


def beginning(db: Session, website_id: int, now: datetime) -> datetime:
    """Return when a pause begins: *now*, or at the website's latest check if this machine's clock was never set."""
    if now >= NEVER_SET:
        return now
    state = website_state.read(db, [website_id]).get(website_id)
    return now if state is None else max(now, state.checked_at)


def begin(db: Session, website_id: int, at: datetime) -> None:
    """Begin a pause at *at*."""
    db.add(Pause(website_id=website_id, started_at=at))
    db.flush()


def end(db: Session, website_id: int, at: datetime) -> None:
    """End the website's pause at *at*; a pause whose start lies in the future, by a fast clock, is deleted."""
    is_open = (Pause.website_id == website_id, Pause.ended_at.is_(None))
    db.execute(delete(Pause).where(*is_open, Pause.started_at >= at))
    db.execute(update(Pause).where(*is_open).values(ended_at=at))


def delete_old(db: Session, now: datetime) -> None:
    """Delete pauses that ended before the website's oldest stored check, if none of their time can still arrive."""
    earlier = select(1).where(MonitorCheck.website_id == Pause.website_id, MonitorCheck.checked_at <= Pause.ended_at)
    db.execute(delete(Pause).where(Pause.ended_at < now - KEEP_TIME, ~earlier.exists()))


def not_over(db: Session, website_ids: Sequence[int], since: datetime) -> dict[int, list[Paused]]:
    """Return the pauses of these websites that had not ended by *since*, in one statement."""
    found: dict[int, list[Paused]] = defaultdict(list)
    for website_id, started_at, ended_at in rows_of(db, _NOT_OVER, ids=website_ids, since=since):
        # Ignore a future date, from a clock that was set back since: new checks do not precede that pause.
        if not is_ahead(ended_at or started_at):
            found[website_id].append(Paused(started_at, ended_at))
    return dict(found)


def is_before_end(pauses: Sequence[Paused], moment: datetime) -> bool:
    """Return whether *moment* precedes the end of a pause, so that a check of it does not show the current state."""
    return any(not pause.is_over_by(moment) for pause in pauses)


def is_within(pauses: Sequence[Paused], moment: datetime) -> bool:
    """Return whether *moment* is within one of the pauses."""
    return any(pause.holds(moment) for pause in pauses)


def first_after(pauses: Sequence[Paused], moment: datetime) -> datetime | None:
    """Return the start of the first pause that began after *moment*; None if there is none."""
    return next((pause.since for pause in pauses if pause.since > moment), None)
