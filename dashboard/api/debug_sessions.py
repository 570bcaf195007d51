"""/api/v1/debug-sessions: start, follow, import and export debug sessions."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from sqlalchemy.orm import Session

from core.batches import batched
from core.database import in_session
from core.debugging.har.export import har_frame, har_lines
from core.debugging.har.importing import LARGEST_FILE
from core.diagnosis.store_findings import diagnose_session
from core.errors import InvalidInput
from core.models import DebugSession, DebugSessionState, SessionTrigger
from core.schemas import (
    DebugSessionListResponse,
    DebugSessionRead,
    FindingListResponse,
    NetworkEventListResponse,
)
from core.schemas.base import Schema
from core.schemas.session_options import SessionOptions
from core.services import DebugSessionCRUD, FindingCRUD, NetworkEventCRUD, session_list
from core.services.rows import require_row
from core.services.session_evidence import SessionEvidence
from core.services.session_list import SessionFilter
from core.store_session import MAX_ID
from dashboard.actions import sessions
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Of, Paging
from dashboard.runtime import Runtime
from dashboard.url_numbers import Id

EXCHANGES_AT_ONCE = 200  # kept in memory during an export

router = noun_router("debug sessions", "/debug-sessions")

WebsiteId = Annotated[int, Field(ge=1, le=MAX_ID)]

HAR_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


class DebugSessionStart(Schema):
    """The website to open. Without options, the website's defaults apply."""

    website_id: WebsiteId
    url: str | None = None
    """The page to open, if not the website's own."""
    options: SessionOptions | None = None


@router.get("")
async def list_debug_sessions(  # noqa: PLR0917 - each is one of the query's parameters
    paging: Paging,
    website_id: Of = None,
    state: DebugSessionState | None = None,
    trigger: SessionTrigger | None = None,
    is_pinned: bool | None = None,
    has_failures: bool | None = None,
) -> DebugSessionListResponse:
    """List debug sessions, newest first. Filter by website, state, trigger, pinned or failed requests."""
    wanted = SessionFilter(
        website_id=website_id, state=state, trigger=trigger, is_pinned=is_pinned, has_failures=has_failures
    )
    found, total = await in_session(session_list.recent, wanted, skip=paging.skip, limit=paging.page_size)
    return paging.of(DebugSessionListResponse, [session for session, _name in found], total)


@router.post("", status_code=202)
async def start_debug_session(data: DebugSessionStart, request: Request, response: Response) -> DebugSessionRead:
    """Start a debug session. It is queued and runs in the background."""
    session_id = await sessions.start(Runtime.of(request).sessions, data.website_id, url=data.url, options=data.options)
    response.headers["Location"] = f"/api/v1/debug-sessions/{session_id}"
    return await in_session(_read, session_id)


@router.post("/import", status_code=201, openapi_extra=HAR_BODY)
async def import_debug_session(
    website_id: Annotated[int, Query(ge=1, le=MAX_ID)], request: Request, response: Response
) -> DebugSessionRead:
    """Import a HAR file, sent as the body, as a session of the website. Secrets are masked."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_FILE:
            raise InvalidInput("This file exceeds the import limit of 256 MB.")
    session_id = await sessions.import_file(
        bytes(content), website_id=website_id, settings=Runtime.of(request).settings
    )
    response.headers["Location"] = f"/api/v1/debug-sessions/{session_id}"
    return await in_session(_read, session_id)


@router.get("/{session_id}")
async def get_debug_session(session_id: Id) -> DebugSessionRead:
    """Return a debug session."""
    return await in_session(_read, session_id)


@router.delete("/{session_id}", status_code=204)
async def delete_debug_session(session_id: Id, request: Request) -> None:
    """Stop a debug session if it runs, and delete it."""
    await sessions.remove(Runtime.of(request).sessions, session_id)


@router.post("/{session_id}/stop", status_code=202)
async def stop_debug_session(session_id: Id, request: Request) -> DebugSessionRead:
    """Stop a debug session early. What was captured is kept."""
    await sessions.stop(Runtime.of(request).sessions, session_id)
    return await in_session(_read, session_id)


@router.get("/{session_id}/events")
async def list_events(session_id: Id, paging: Paging) -> NetworkEventListResponse:
    """List a session's network events by time."""
    await in_session(require_row, DebugSession, session_id)
    items, total = await in_session(NetworkEventCRUD.get_by_session, session_id, paging.skip, paging.page_size)
    return paging.of(NetworkEventListResponse, items, total)


@router.get("/{session_id}/findings")
async def list_findings_of_debug_session(session_id: Id, paging: Paging, request: Request) -> FindingListResponse:
    """List a session's findings, the cause first. Empty while it runs and if nothing is wrong."""
    await in_session(require_row, DebugSession, session_id)
    await in_session(diagnose_session, session_id, Runtime.of(request).settings.certificate_days)
    items, total = await in_session(FindingCRUD.get_by_session, session_id, paging.skip, paging.page_size)
    return paging.of(FindingListResponse, items, total)


@router.get("/{session_id}/har", response_class=Response, responses={200: {"content": {"application/json": {}}}})
async def get_har(session_id: Id) -> StreamingResponse:
    """Export a session as HAR 1.2, for example for Chrome DevTools."""
    head, tail, exchanges = await in_session(_har_frame, session_id)
    headers = {
        "Content-Disposition": f'attachment; filename="debug-session-{session_id}.har"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_har(session_id, head, tail, exchanges), media_type="application/json", headers=headers)


def _read(db: Session, session_id: int) -> DebugSessionRead:
    return DebugSessionRead.model_validate(require_row(db, DebugSession, session_id))


async def _har(session_id: int, head: str, tail: str, exchanges: list[list[int]]) -> AsyncIterator[bytes]:
    """Yield the HAR in pieces. As a whole, 10,000 exchanges take 400 MB, of which little is returned to the system."""
    yield head.encode()
    separator = "\n"
    for batch in batched(exchanges, EXCHANGES_AT_ONCE):
        event_ids = [event_id for exchange in batch for event_id in exchange]
        if lines := await in_session(_har_lines, session_id, event_ids):
            yield f"{separator}{lines}".encode()
            separator = ",\n"
    yield tail.encode()


def _har_frame(db: Session, session_id: int) -> tuple[str, str, list[list[int]]]:
    session = require_row(db, DebugSession, session_id)
    head, tail = har_frame(session, SessionEvidence.console(db, session_id))
    return head, tail, SessionEvidence.event_ids(db, session_id)


def _har_lines(db: Session, session_id: int, event_ids: list[int]) -> str:
    session = DebugSessionCRUD.get_by_id(db, session_id)
    # The session may have been deleted meanwhile.
    return har_lines(session, SessionEvidence.events(db, event_ids)) if session else ""
