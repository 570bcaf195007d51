"""Schemas of network events. `core.models.NetworkEvent` documents the fields."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from core.models import HTTPMethod, Interruption, NetworkEventType
from core.schemas.base import ListResponse, Schema, UtcInstant


class NetworkEventBase(Schema):
    model_config = ConfigDict(str_strip_whitespace=False)  # recorded bodies must stay exact, including trailing spaces

    event_type: NetworkEventType
    url: str
    method: Annotated[HTTPMethod | str, Field(union_mode="left_to_right")] | None = None
    status_code: int | None = None
    request_headers: dict[str, str] | None = None
    response_headers: dict[str, str] | None = None
    request_payload: str | None = None
    response_payload: str | None = None
    timestamp: UtcInstant
    duration_ms: float | None = None
    error_message: str | None = None

    interruption: Interruption | None = None
    exchange_id: str | None = None
    redirected_from: str | None = None
    preflight_for: str | None = None
    resource_type: str | None = None
    status_text: str | None = None
    mime_type: str | None = None
    protocol: str | None = None
    remote_address: str | None = None
    connection_id: str | None = None
    is_connection_reused: bool | None = None
    priority: str | None = None
    initiator: dict[str, Any] | None = None
    from_cache: str | None = None
    started_ms: float | None = None
    phases: dict[str, float] | None = None
    encoded_bytes: int | None = None
    decoded_bytes: int | None = None
    request_payload_encoding: str | None = None
    response_payload_encoding: str | None = None
    is_response_payload_truncated: bool | None = None
    response_payload_sha256: str | None = None
    target: str | None = None
    details: dict[str, Any] | None = None


class NetworkEventCreate(NetworkEventBase):
    debug_session_id: int


class NetworkEventUpdate(Schema):
    """Facts about a stored event that became known later; omitted fields stay unchanged."""

    event_type: NetworkEventType | None = None
    status_code: int | None = None
    request_headers: dict[str, str] | None = None
    response_headers: dict[str, str] | None = None
    request_payload: str | None = None
    response_payload: str | None = None
    timestamp: UtcInstant | None = None
    duration_ms: float | None = None
    error_message: str | None = None


class NetworkEventRead(NetworkEventBase):
    id: int
    debug_session_id: int
    created_at: UtcInstant


class NetworkEventListResponse(ListResponse[NetworkEventRead]):
    pass
