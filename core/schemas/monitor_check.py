"""Schemas of monitor checks."""

from typing import Annotated

from pydantic import Field

from core.clock import utc_now
from core.models import HTTPMethod, MonitorStatus
from core.schemas.base import ListResponse, Schema, UtcInstant
from core.schemas.region import RegionName

Milliseconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class MonitorCheckBase(Schema):
    status: MonitorStatus
    http_status_code: Annotated[int, Field(ge=0, le=999)] | None = None
    http_method: HTTPMethod = HTTPMethod.GET
    response_time_ms: Milliseconds | None = None
    """From the start to the last byte."""
    dns_time_ms: Milliseconds | None = None
    connect_time_ms: Milliseconds | None = None
    tls_time_ms: Milliseconds | None = None
    ttfb_ms: Milliseconds | None = None
    """From the request fully sent to the first byte of the answer (HAR 1.2 ``wait``), not from the start."""
    download_time_ms: Milliseconds | None = None
    redirect_count: Annotated[int, Field(ge=0)] | None = None
    final_url: str | None = None
    """The URL after redirects, without credentials; null without redirects."""
    remote_address: Annotated[str, Field(max_length=64)] | None = None
    http_version: Annotated[str, Field(max_length=16)] | None = None
    body_bytes: Annotated[int, Field(ge=0)] | None = None
    error_kind: Annotated[str, Field(max_length=32)] | None = None
    """The kind of the error in error_message, for programs."""
    error_message: str | None = None
    lag_ms: Milliseconds | None = None
    """How late the monitor started the check; null if the check was not planned."""
    region: RegionName | None = None
    """The region that made the check; null if the website names no region."""
    region_status: MonitorStatus | None = None
    """The region's own status; status is then the joint judgement of all regions."""
    region_message: str | None = None
    """The reason for region_status."""


class MonitorCheckCreate(MonitorCheckBase):
    website_id: int
    due_at: UtcInstant | None = None
    checked_at: UtcInstant = Field(default_factory=utc_now)


class MonitorCheckUpdate(Schema):
    """Corrections of a check: only its status and message can change."""

    status: MonitorStatus | None = None
    error_message: str | None = None


class MonitorCheckRead(MonitorCheckBase):
    id: int
    website_id: int
    checked_at: UtcInstant
    created_at: UtcInstant


class MonitorCheckListResponse(ListResponse[MonitorCheckRead]):
    pass
