"""What people and programs write down about a downtime window, and that they have taken it up."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.clock import utc_now
from core.database import in_session
from core.errors import ChangedMeanwhile, NotFound, there
from core.models import DowntimeWindow, WindowUpdate
from core.notifications import status_mail
from core.schemas import DowntimeWindowUpdate
from core.schemas.status_page import WindowUpdateCreate
from core.services import DowntimeWindowCRUD, WindowUpdateCRUD
from dashboard.audit import note
from dashboard.current_actor import require
from dashboard.status.cache import cache

AT_ONCE = 200  # windows of a transaction, in which nobody else can write
Words = dict[str, str | None]
"""Root cause and notes, by the names of their columns; None where there are none."""
CHANGED = "Somebody else has written here meanwhile: read that first, then save again."


async def write_down(window_id: int, data: DowntimeWindowUpdate, *, seen: Words | None = None) -> DowntimeWindow:
    """Keep the root cause or the notes that *data* gives.

    Raises:
        ChangedMeanwhile: Another person wrote what who acts has not *seen*, where that is given.
        NotFound: There is no such window.
        NotAllowed: Who acts may not change it.
    """
    require(Permission.WRITE)
    window = await in_session(_update, window_id, data, seen)
    signals.window_changed.send(signals.WindowChanged(website_id=window.website_id, window_id=window.id))
    return window


async def acknowledge(window_id: int) -> DowntimeWindow:
    """Keep that who acts has taken it up: rules that ask for it tell nobody else. Who was first stays.

    Raises:
        NotFound: There is no such window.
        NotAllowed: Who acts may not change it.
    """
    actor = require(Permission.WRITE)
    window = await in_session(_acknowledge, window_id, actor.name)
    signals.window_changed.send(signals.WindowChanged(website_id=window.website_id, window_id=window.id))
    return window


async def acknowledge_all(window_ids: Sequence[int]) -> None:
    """As `acknowledge`, each of the windows, as of websites that failed together; those that are gone are passed over.

    Raises:
        NotAllowed: Who acts may not change it.
    """
    actor = require(Permission.WRITE)
    for start in range(0, len(window_ids), AT_ONCE):
        taken = await in_session(_acknowledge_all, window_ids[start : start + AT_ONCE], actor.name)
        for website_id, window_id in taken:
            signals.window_changed.send(signals.WindowChanged(website_id=website_id, window_id=window_id))


async def write_update(window_id: int, given: dict[str, Any]) -> WindowUpdate:
    """Write about it for the readers of status pages; subscribers are told.

    Raises:
        InvalidInput: A field cannot be used.
        NotFound: There is no such window.
        NotAllowed: Who acts may not write.
    """
    actor = require(Permission.WRITE)
    data = WindowUpdateCreate.checked(given)
    website_id, written = await in_session(_write, window_id, data, actor.name)
    cache.forget()
    signals.window_changed.send(signals.WindowChanged(website_id=website_id, window_id=window_id))
    return written


def _acknowledge(db: Session, window_id: int, name: str) -> DowntimeWindow:
    at = utc_now()
    window = there(DowntimeWindowCRUD.acknowledge(db, window_id, name, at), f"downtime window {window_id}")
    if window.acknowledged_at == at:  # else somebody was first, and nothing was done
        note(db, "downtime_window.acknowledge", f"downtime window {window_id}")
    return window


def _acknowledge_all(db: Session, window_ids: Sequence[int], name: str) -> list[tuple[int, int]]:
    """The website and window of each that is there."""
    taken = []
    for window_id in window_ids:
        with suppress(NotFound):
            taken.append((_acknowledge(db, window_id, name).website_id, window_id))
    return taken


def _update(db: Session, window_id: int, data: DowntimeWindowUpdate, seen: Words | None) -> DowntimeWindow:
    if seen is not None:
        _look_for_others(db, window_id, data, seen)
    window = there(DowntimeWindowCRUD.update(db, window_id, data), f"downtime window {window_id}")
    note(db, "downtime_window.change", f"downtime window {window_id}", fields=sorted(data.model_fields_set))
    return window


def _look_for_others(db: Session, window_id: int, data: DowntimeWindowUpdate, seen: Words) -> None:
    window = there(db.get(DowntimeWindow, window_id, with_for_update=True), f"downtime window {window_id}")
    changed = data.model_fields_set - (set() if window.is_cause_given else {"root_cause"})  # a finding gives way
    if any(getattr(window, name) != seen[name] for name in changed):
        raise ChangedMeanwhile(CHANGED)


def _write(db: Session, window_id: int, data: WindowUpdateCreate, author: str) -> tuple[int, WindowUpdate]:
    window = there(db.get(DowntimeWindow, window_id), f"downtime window {window_id}")
    written = WindowUpdateCRUD.create(db, window_id, data, author)
    status_mail.announce_update(db, window, written, utc_now())
    note(db, "downtime_window.update", f"downtime window {window_id}", stage=data.stage)
    return window.website_id, written
