"""Imports a HAR file of any browser as a stored debug session, redacted like a recorded one."""

import asyncio
import ctypes
import gc
import sys

from sqlalchemy.orm import Session

from core import signals
from core.config import Settings
from core.database import in_session
from core.debugging.har.importing import from_har
from core.debugging.redaction.masking import Masks, masks_for
from core.debugging.sinks import masked_message
from core.errors import NotFound
from core.schemas import DebugSessionCreate
from core.schemas.session_options import SessionOptions
from core.services import DebugSessionCRUD, WebsiteCRUD
from core.services.session_recording import RecordedBatch, SessionRecording


async def import_har(text: str | bytes, *, website_id: int, settings: Settings) -> int:
    """Store the HAR file *text* as a session of the website, and return the session's id.

    Raises:
        InvalidInput: *text* is not a valid HAR file; the message says where it is wrong.
        NotFound: There is no such website.
    """
    session, batch = await asyncio.to_thread(_read, text, website_id, masks_for(SessionOptions(), settings))
    session_id = await in_session(_store, session, batch)
    del session, batch
    await asyncio.to_thread(_release_memory)
    signals.session_changed.send(signals.SessionChanged(session_id=session_id, website_id=website_id))
    return session_id


def _read(text: str | bytes, website_id: int, masks: Masks) -> tuple[DebugSessionCreate, RecordedBatch]:
    """Parse and mask the file before anything is stored, because a database file keeps overwritten values for a while.

    A large file takes seconds, so no transaction is open meanwhile.
    """
    imported = from_har(text, website_id=website_id)
    session = imported.session
    masked = session.model_copy(
        update={
            "url": masks.url(session.url)[:2048] if session.url else None,
            "title": masks.text(session.title)[:512] if session.title else None,
            "error_message": masks.text(session.error_message) if session.error_message else None,
        }
    )
    batch = RecordedBatch(
        new_events=[masks.event(event).model_dump() for event in imported.events],
        console=[masked_message(message, masks) for message in imported.console],
    )
    return masked, batch


def _release_memory() -> None:
    """Return freed memory to the system: parsing takes ten times the file's size, and glibc keeps small free blocks."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:  # musl lacks malloc_trim and does not need it
        trim(0)


def _store(db: Session, session: DebugSessionCreate, batch: RecordedBatch) -> int:
    if WebsiteCRUD.get_by_id(db, session.website_id) is None:
        raise NotFound(f"There is no website {session.website_id} to which the session could belong.")
    session_id = DebugSessionCRUD.create(db, session).id
    SessionRecording.store(db, session_id, batch)
    return session_id
