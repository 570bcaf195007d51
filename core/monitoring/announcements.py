"""Announces what a batch of stored checks changed, in the outbox of the same transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.models import NotificationEvent
from core.monitoring.downtime import Closed, Opened
from core.monitoring.flapping import SPAN, flaps
from core.monitoring.judged_result import Recorded
from core.notifications.outbox import Change, announce
from core.services import DowntimeWindowCRUD, flapping


def announce_changes(
    db: Session, recorded: Sequence[Recorded], latest: Mapping[int, datetime], max_changes: int
) -> None:
    """Announce changes, and store which websites flap. Runs one query if nothing changed.

    A flapping website is announced once, instead of each change. When it is steady again, its current state is
    announced.

    Args:
        latest: When the latest check of each website in the batch began.
        max_changes: The limit for `flaps`.
    """
    changed = [check for check in recorded if isinstance(check.transition, Opened | Closed)]
    before = flapping.flapping(db, sorted(latest))
    now = _flapping_now(db, {*before, *(check.website_id for check in changed)}, before, latest, max_changes)
    begun = {website_id: latest[website_id] for website_id in sorted(now - before.keys())}
    steady = sorted(before.keys() - now)
    flapping.begin(db, begun)
    if steady:
        flapping.end(db, steady, max(latest.values()))
    windows = {check.website_id: check.window_id for check in changed}
    announce(
        db,
        [
            *(_change(check) for check in changed if check.website_id not in now),
            *(_begun(website_id, windows.get(website_id), at) for website_id, at in begun.items()),
            *_current_changes(db, [website_id for website_id in steady if website_id not in windows]),
        ],
    )


def _flapping_now(
    db: Session,
    candidates: Iterable[int],
    before: Mapping[int, datetime],
    latest: Mapping[int, datetime],
    max_changes: int,
) -> set[int]:
    ids = sorted(candidates)
    if not ids:
        return set()
    edges = flapping.edges(db, ids, min(latest[website_id] for website_id in ids) - SPAN)
    return {
        website_id
        for website_id in ids
        if flaps(edges[website_id], latest[website_id], max_changes, has_flapped=website_id in before)
    }


def _change(recorded: Recorded) -> Change:
    is_down = isinstance(recorded.transition, Opened)
    assert isinstance(recorded.transition, Opened | Closed)
    return Change(
        event=NotificationEvent.DOWN if is_down else NotificationEvent.UP,
        website_id=recorded.website_id,
        window_id=recorded.window_id,
        happened_at=_moment(recorded.transition),
        episode=str(recorded.window_id),
    )


def _moment(transition: Opened | Closed) -> datetime:
    return transition.started_at if isinstance(transition, Opened) else transition.ended_at


def _begun(website_id: int, window_id: int | None, at: datetime) -> Change:
    return Change(
        event=NotificationEvent.FLAPPING,
        website_id=website_id,
        window_id=window_id,
        happened_at=at,
        episode=at.isoformat(timespec="seconds"),
    )


def _current_changes(db: Session, website_ids: Sequence[int]) -> Iterable[Change]:
    """Return the current state of these websites, which was not announced while they flapped."""
    for website_id in website_ids:
        for window in DowntimeWindowCRUD.get_by_website(db, website_id, limit=1)[0]:
            yield Change(
                event=NotificationEvent.DOWN if window.ended_at is None else NotificationEvent.UP,
                website_id=website_id,
                window_id=window.id,
                happened_at=window.ended_at or window.started_at,
                episode=str(window.id),
            )
