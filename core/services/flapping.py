"""All SQL about flapping: the edges of downtime windows, and the spans of flapping."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, FlappingSpan
from core.services.prepared import IDS, rows_of

_spans = FlappingSpan.__table__
_FLAPPING = select(_spans.c.website_id, _spans.c.started_at).where(
    _spans.c.website_id.in_(IDS), _spans.c.ended_at.is_(None)
)


def flapping(db: Session, website_ids: Sequence[int]) -> dict[int, datetime]:
    """Return those of these websites that flap now, with the start of their flapping."""
    return {row[0]: row[1] for row in rows_of(db, _FLAPPING, ids=website_ids)}


def spans_since(db: Session, website_ids: Sequence[int], since: datetime) -> list[FlappingSpan]:
    """Return the flapping spans of these websites that began since then, oldest first."""
    query = select(FlappingSpan).where(FlappingSpan.website_id.in_(website_ids), FlappingSpan.started_at >= since)
    return list(db.scalars(query.order_by(FlappingSpan.started_at, FlappingSpan.id)))


def edges(db: Session, website_ids: Sequence[int], since: datetime) -> dict[int, list[datetime]]:
    """Return when each of these websites went down or recovered after *since*, unordered."""
    found: dict[int, list[datetime]] = {website_id: [] for website_id in website_ids}
    for edge in (DowntimeWindow.started_at, DowntimeWindow.ended_at):
        query = select(DowntimeWindow.website_id, edge)
        for website_id, moment in db.execute(query.where(DowntimeWindow.website_id.in_(website_ids), edge > since)):
            if moment is not None:
                found[website_id].append(moment)
    return found


def begin(db: Session, since: Mapping[int, datetime]) -> None:
    """Begin flapping spans of these websites, each at the given time."""
    if since:
        db.execute(insert(FlappingSpan), [{"website_id": key, "started_at": moment} for key, moment in since.items()])


def end(db: Session, website_ids: Sequence[int], at: datetime) -> None:
    """End the flapping spans of these websites."""
    if website_ids:
        open_spans = (FlappingSpan.website_id.in_(website_ids), FlappingSpan.ended_at.is_(None))
        db.execute(update(FlappingSpan).where(*open_spans).values(ended_at=at))
