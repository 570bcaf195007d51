"""A HAR file of any browser becomes a stored debug session, redacted like one of our own."""

import asyncio

from sqlalchemy.orm import Session

from core import signals
from core.config import Settings
from core.database import in_session
from core.debugging.har_import import ImportedSession, from_har
from core.debugging.masking import Masks, masks_for
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
    imported = await asyncio.to_thread(from_har, text, website_id=website_id)
    session_id = await in_session(_store, imported, masks_for(SessionOptions(), settings))
    signals.session_changed.send(signals.SessionChanged(session_id=session_id, website_id=website_id))
    return session_id


def _store(db: Session, imported: ImportedSession, masks: Masks) -> int:
    website_id = imported.session.website_id
    if WebsiteCRUD.get_by_id(db, website_id) is None:
        raise NotFound(f"There is no website {website_id} to which the session could belong.")
    session = DebugSessionCRUD.create(db, _masked(imported.session, masks))
    batch = RecordedBatch(
        new_events=[masks.event(event).model_dump() for event in imported.events],
        console=[masked_message(message, masks) for message in imported.console],
    )
    SessionRecording.store(db, session.id, batch)
    return session.id


def _masked(session: DebugSessionCreate, masks: Masks) -> DebugSessionCreate:
    # Before it is written at all: what a row held first stays in the file where it lay.
    return session.model_copy(
        update={
            "url": masks.url(session.url)[:2048] if session.url else None,
            "title": masks.text(session.title)[:512] if session.title else None,
            "error_message": masks.text(session.error_message) if session.error_message else None,
        }
    )
