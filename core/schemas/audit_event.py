"""Schemas of the audit log."""

from typing import Any

from core.schemas.base import ListResponse, Schema, UtcInstant


class AuditEventRead(Schema):
    id: int
    happened_at: UtcInstant
    actor: str
    action: str
    subject: str | None
    address: str | None
    details: dict[str, Any] | None


class AuditEventListResponse(ListResponse[AuditEventRead]):
    pass
