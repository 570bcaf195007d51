"""Schemas of a debug session's files, without their data."""

from core.models import ArtifactKind
from core.schemas.base import ListResponse, Schema, UtcInstant


class SessionArtifactRead(Schema):
    id: int
    debug_session_id: int
    kind: ArtifactKind
    mime_type: str
    size_bytes: int
    timestamp: UtcInstant
    offset_ms: float
    created_at: UtcInstant


class SessionArtifactListResponse(ListResponse[SessionArtifactRead]):
    pass
