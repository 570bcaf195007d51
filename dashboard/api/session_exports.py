"""/api/v1/debug-sessions/{id}: a session's artifacts, and its exchanges as CSV and HTML."""

from typing import Any

from fastapi import Response
from sqlalchemy.orm import Session

from core.database import in_session
from core.debugging.csv_export import to_csv
from core.errors import NotFound
from core.models import DebugSession, SessionArtifact
from core.schemas.session_artifact import SessionArtifactListResponse
from core.services import WebsiteCRUD
from core.services.rows import require_row
from core.services.session_evidence import SessionEvidence
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Paging
from dashboard.queries.session_rows import all_rows
from dashboard.reports.session_report import POLICY, to_html
from dashboard.url_numbers import Id

router = noun_router("debug sessions", "/debug-sessions/{session_id}")


# The content comes from the website under test and may be opened in our origin.
SAFELY = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/zip": "zip"}
OTHER = "application/octet-stream"

FILES: dict[str, dict[str, Any]] = {media_type: {} for media_type in (*ENDINGS, OTHER)}


@router.get("/artifacts")
async def list_artifacts(session_id: Id, paging: Paging) -> SessionArtifactListResponse:
    """List a session's screenshots, filmstrip frames and traces by time."""
    items, total = await in_session(_artifacts, session_id, paging.skip, paging.page_size)
    return paging.of(SessionArtifactListResponse, items, total)


@router.get("/artifacts/{artifact_id}", response_class=Response, responses={200: {"content": FILES}})
async def get_artifact(session_id: Id, artifact_id: Id) -> Response:
    """Return a session's artifact as a file."""
    artifact = await in_session(_artifact, session_id, artifact_id)
    ending = ENDINGS.get(artifact.mime_type)
    name = f"debug-session-{session_id}-{artifact.kind.lower()}-{artifact.id}.{ending or 'bin'}"
    media_type = artifact.mime_type if ending else OTHER
    return Response(artifact.data, media_type=media_type, headers=SAFELY | _as(name))


@router.get("/csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def get_csv(session_id: Id) -> Response:
    """Export a session's exchanges as CSV, one line each."""
    text = await in_session(_csv, session_id)
    return Response(text, media_type="text/csv", headers=SAFELY | _as(f"debug-session-{session_id}.csv"))


@router.get("/html", response_class=Response, responses={200: {"content": {"text/html": {}}}})
async def get_html(session_id: Id) -> Response:
    """Export a session as a self-contained HTML report with its waterfall."""
    text = await in_session(_html, session_id)
    headers = SAFELY | {"Content-Security-Policy": f"{POLICY}; sandbox"} | _as(f"debug-session-{session_id}.html")
    return Response(text, media_type="text/html", headers=headers)


def _as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _artifacts(db: Session, session_id: int, skip: int, limit: int) -> tuple[list[SessionArtifact], int]:
    require_row(db, DebugSession, session_id)
    return SessionEvidence.artifacts(db, session_id, skip, limit)


def _artifact(db: Session, session_id: int, artifact_id: int) -> SessionArtifact:
    artifact = SessionEvidence.artifact(db, session_id, artifact_id)
    if artifact is None:
        raise NotFound(f"Debug session {session_id} has no artifact {artifact_id}.")
    return artifact


def _csv(db: Session, session_id: int) -> str:
    return to_csv(all_rows(db, require_row(db, DebugSession, session_id)))


def _html(db: Session, session_id: int) -> str:
    session = require_row(db, DebugSession, session_id)
    website = WebsiteCRUD.get_by_id(db, session.website_id)
    return to_html(session, website.name or website.url if website else "", all_rows(db, session))
