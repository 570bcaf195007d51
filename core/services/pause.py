"""When websites were paused; all SQL about pauses.

A check that began before its website was paused counts up to the pause, whenever it is stored, and one that began in
the pause, by a worker that had not heard of it, counts for nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from core.models import MonitorCheck, Pause, UtcDateTime
from core.services.prepared import IDS, rows_of
from core.services.website_state import is_ahead

KEPT = timedelta(days=31)  # longer than a worker holds what it cannot store

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
    """From when to when a website was paused; the end is None while it is."""

    since: datetime
    until: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Whether *moment* is in it."""
        return self.since <= moment and not self.is_over_by(moment)

    def is_over_by(self, moment: datetime) -> bool:
        """Whether what began at *moment* tells of the time after it."""
        return self.until is not None and self.until <= moment


Pauses = Mapping[int, Sequence[Paused]]
"""Of websites, by id, the earliest first; without those that had none."""

NEVER: Pauses = MappingProxyType({})


def begin(db: Session, website_id: int, at: datetime) -> None:
    """The website is paused from *at* on.

    What is long over is forgotten: no check of that time is going to come, and none is there to learn from anew.
    """
    oldest = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == website_id))
    db.execute(delete(Pause).where(Pause.website_id == website_id, Pause.ended_at < min(at - KEPT, oldest or at)))
    db.add(Pause(website_id=website_id, started_at=at))
    db.flush()


def end(db: Session, website_id: int, at: datetime) -> None:
    """It is paused no more; a pause that began by a clock that was ahead is none."""
    is_open = (Pause.website_id == website_id, Pause.ended_at.is_(None))
    db.execute(delete(Pause).where(*is_open, Pause.started_at >= at))
    db.execute(update(Pause).where(*is_open).values(ended_at=at))


def not_over(db: Session, website_ids: Sequence[int], since: datetime) -> dict[int, list[Paused]]:
    """The pauses of these websites that were not over by *since*, in one statement."""
    found: dict[int, list[Paused]] = defaultdict(list)
    for website_id, started_at, ended_at in rows_of(db, _NOT_OVER, ids=website_ids, since=since):
        # By a clock that was set back since: what is checked now is not before it.
        if not is_ahead(ended_at or started_at):
            found[website_id].append(Paused(started_at, ended_at))
    return dict(found)


def is_before_end(pauses: Sequence[Paused], moment: datetime) -> bool:
    """Whether what began at *moment* says nothing of now, as its website was paused since, or was then."""
    return any(not one.is_over_by(moment) for one in pauses)


def is_within(pauses: Sequence[Paused], moment: datetime) -> bool:
    """Whether *moment* is in one of them."""
    return any(one.holds(moment) for one in pauses)


def first_after(pauses: Sequence[Paused], moment: datetime) -> datetime | None:
    """When the first of them that began after *moment* began; None where there is none."""
    return next((one.since for one in pauses if one.since > moment), None)
