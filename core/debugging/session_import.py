"""A HAR file of any browser becomes a stored debug session, redacted like one of our own."""

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
    """Store the HAR file's content as a session of the website; returns the session's id.

    Raises:
        InvalidInput: It is no HAR file that can be read; the message says where it is wrong.
        NotFound: There is no such website.
    """
    session, batch = await asyncio.to_thread(_read, text, website_id, masks_for(SessionOptions(), settings))
    session_id = await in_session(_store, session, batch)
    del session, batch
    await asyncio.to_thread(_give_memory_back)
    signals.session_changed.send(signals.SessionChanged(session_id=session_id, website_id=website_id))
    return session_id


def _read(text: str | bytes, website_id: int, masks: Masks) -> tuple[DebugSessionCreate, RecordedBatch]:
    """The file's content, masked before anything is written: a database file keeps what a row held first.

    A large file takes seconds, during which no transaction must be open.
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


def _give_memory_back() -> None:
    """A large file takes ten times its size in small pieces, which glibc would keep for good once they are free."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:  # musl has none, and needs none
        trim(0)


def _store(db: Session, session: DebugSessionCreate, batch: RecordedBatch) -> int:
    if WebsiteCRUD.get_by_id(db, session.website_id) is None:
        raise NotFound(f"There is no website {session.website_id} to which the session could belong.")
    session_id = DebugSessionCRUD.create(db, session).id
    SessionRecording.store(db, session_id, batch)
    return session_id
