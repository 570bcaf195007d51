"""Schemas of debug sessions."""

from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field

from core.clock import utc_now
from core.models import DebugSessionState, SessionTrigger
from core.schemas.base import ListResponse, Schema, UtcInstant
from core.schemas.network_event import NetworkEventRead


def new_session_key() -> str:
    """Return a new unguessable, unique name for a session."""
    return uuid4().hex


class SessionFacts(Schema):
    """Facts that become known while a session runs or when it ends; None before."""

    completed_at: UtcInstant | None = None
    success: bool | None = None
    error_message: str | None = None
    user_agent: Annotated[str, Field(max_length=512)] | None = None
    state: DebugSessionState | None = None
    url: str | None = None
    title: str | None = None
    browser_version: str | None = None
    options: dict[str, Any] | None = None
    milestones: dict[str, float] | None = None
    request_count: int | None = None
    failed_count: int | None = None
    dropped_count: int | None = None
    encoded_bytes: int | None = None
    is_redacted: bool | None = None
    window_id: int | None = None
    is_pinned: bool | None = None


class DebugSessionBase(SessionFacts):
    session_key: Annotated[str, Field(min_length=1, max_length=64)] = Field(default_factory=new_session_key)
    started_at: UtcInstant = Field(default_factory=utc_now)
    browser_type: Annotated[str, Field(max_length=32)] = "chromium"
    state: DebugSessionState | None = DebugSessionState.QUEUED
    trigger: SessionTrigger | None = SessionTrigger.MANUAL
    is_redacted: bool | None = True
    check_id: int | None = None


class DebugSessionCreate(DebugSessionBase):
    website_id: int


class DebugSessionUpdate(SessionFacts):
    """Changes of a session; omitted fields stay unchanged."""

    started_at: UtcInstant | None = None
    browser_type: Annotated[str, Field(max_length=32)] | None = None


class DebugSessionRead(DebugSessionBase):
    id: int
    website_id: int
    created_at: UtcInstant
    updated_at: UtcInstant


class DebugSessionWithEvents(DebugSessionRead):
    network_events: list[NetworkEventRead] = []


class DebugSessionListResponse(ListResponse[DebugSessionRead]):
    pass
