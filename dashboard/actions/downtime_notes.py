"""Stores people's notes and updates on a downtime window, and acknowledges windows."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts.actor import Permission
from core.batches import batched
from core.clock import utc_now
from core.database import in_session
from core.errors import ChangedMeanwhile, NotFound, require_found
from core.models import DowntimeWindow, WindowUpdate
from core.notifications import status_mail
from core.schemas import DowntimeWindowUpdate
from core.schemas.status_page import WindowUpdateCreate
from core.services import DowntimeWindowCRUD, WindowUpdateCRUD
from core.services.rows import require_row
from dashboard.audit import note
from dashboard.current_actor import require
from dashboard.status.cache import cache

BATCH_SIZE = 200  # windows per transaction, which blocks other writers
Words = dict[str, str | None]
"""Root cause and notes by column name; None where empty."""
CHANGED = "Somebody else changed this text. Read their version, then save again."


async def write_down(window_id: int, data: DowntimeWindowUpdate, *, seen: Words | None = None) -> DowntimeWindow:
    """Store the root cause or the notes in *data*.

    Raises:
        ChangedMeanwhile: The stored texts differ from *seen*, the texts that the actor saw.
        NotFound: The window does not exist.
    """
    require(Permission.WRITE)
    window = await in_session(_update, window_id, data, seen)
    signals.window_changed.send(signals.WindowChanged(website_id=window.website_id, window_id=window.id))
    return window


async def acknowledge(window_id: int) -> DowntimeWindow:
    """Acknowledge a window, which stops rules that wait for this. The first acknowledgement stays.

    Raises:
        NotFound: The window does not exist.
    """
    actor = require(Permission.WRITE)
    window = await in_session(_acknowledge, window_id, actor.name)
    signals.window_changed.send(signals.WindowChanged(website_id=window.website_id, window_id=window.id))
    return window


async def acknowledge_all(window_ids: Sequence[int]) -> None:
    """Acknowledge each of the windows. Windows that do not exist are skipped."""
    actor = require(Permission.WRITE)
    for batch in batched(window_ids, BATCH_SIZE):
        taken = await in_session(_acknowledge_all, batch, actor.name)
        for website_id, window_id in taken:
            signals.window_changed.send(signals.WindowChanged(website_id=website_id, window_id=window_id))


async def write_update(window_id: int, fields: dict[str, Any]) -> WindowUpdate:
    """Publish an update on status pages, and notify their subscribers.

    Raises:
        InvalidInput: A field is invalid.
        NotFound: The window does not exist.
    """
    actor = require(Permission.WRITE)
    data = WindowUpdateCreate.checked(fields)
    website_id, written = await in_session(_write, window_id, data, actor.name)
    cache.forget()
    signals.window_changed.send(signals.WindowChanged(website_id=website_id, window_id=window_id))
    return written


def _acknowledge(db: Session, window_id: int, name: str) -> DowntimeWindow:
    at = utc_now()
    window = require_found(DowntimeWindowCRUD.acknowledge(db, window_id, name, at), f"downtime window {window_id}")
    if window.acknowledged_at == at:  # otherwise somebody acknowledged it before
        note(db, "downtime_window.acknowledge", f"downtime window {window_id}")
    return window


def _acknowledge_all(db: Session, window_ids: Sequence[int], name: str) -> list[tuple[int, int]]:
    """Return the website id and window id of each window that exists."""
    taken = []
    for window_id in window_ids:
        with suppress(NotFound):
            taken.append((_acknowledge(db, window_id, name).website_id, window_id))
    return taken


def _update(db: Session, window_id: int, data: DowntimeWindowUpdate, seen: Words | None) -> DowntimeWindow:
    if seen is not None:
        _look_for_others(db, window_id, data, seen)
    window = require_found(DowntimeWindowCRUD.update(db, window_id, data), f"downtime window {window_id}")
    note(db, "downtime_window.change", f"downtime window {window_id}", fields=sorted(data.model_fields_set))
    return window


def _look_for_others(db: Session, window_id: int, data: DowntimeWindowUpdate, seen: Words) -> None:
    window = require_row(db, DowntimeWindow, window_id, is_locked=True)
    # A person may overwrite a cause that a finding gave.
    changed = data.model_fields_set - (set() if window.is_cause_given else {"root_cause"})
    if any(getattr(window, name) != seen[name] for name in changed):
        raise ChangedMeanwhile(CHANGED)


def _write(db: Session, window_id: int, data: WindowUpdateCreate, author: str) -> tuple[int, WindowUpdate]:
    window = require_row(db, DowntimeWindow, window_id)
    written = WindowUpdateCRUD.create(db, window_id, data, author)
    status_mail.announce_update(db, window, written, utc_now())
    note(db, "downtime_window.update", f"downtime window {window_id}", stage=data.stage)
    return window.website_id, written
