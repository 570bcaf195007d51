"""Schemas of notifications."""

from core.models import NotificationEvent, NotificationState
from core.schemas.base import ListResponse, Schema, UtcInstant


class NotificationRead(Schema):
    id: int
    channel_id: int
    rule_id: int | None
    website_id: int
    window_id: int | None
    event: NotificationEvent
    happened_at: UtcInstant
    due_at: UtcInstant
    state: NotificationState
    attempts: int
    sent_at: UtcInstant | None
    answer: str | None
    """The service's answer, or why nothing was sent."""


class NotificationListResponse(ListResponse[NotificationRead]):
    pass
