"""/api/v1/notification-channels, notification-rules and notifications: who is notified of what."""

from fastapi import Request, Response
from pydantic import BaseModel

from core.database import in_session
from core.models import NotificationChannel, NotificationEvent, NotificationRule, NotificationState
from core.schemas.notification import NotificationListResponse
from core.schemas.notification_channel import (
    NotificationChannelCreate,
    NotificationChannelListResponse,
    NotificationChannelRead,
    NotificationChannelUpdate,
)
from core.schemas.notification_rule import (
    NotificationRuleCreate,
    NotificationRuleListResponse,
    NotificationRuleRead,
    NotificationRuleUpdate,
)
from core.services import NotificationChannelCRUD, NotificationCRUD, NotificationRuleCRUD
from core.services.rows import require_row
from dashboard.actions import notifications
from dashboard.actions.rule_trial import TRIED_DAYS
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Of, Paging
from dashboard.runtime import Runtime
from dashboard.url_numbers import Id

router = noun_router("notifications")


class ChannelMade(NotificationChannelRead):
    """A new channel with the secret of its webhook, which only this response contains."""

    secret: str | None = None
    """Receivers verify messages with it (Standard Webhooks); null for other kinds."""


class Tested(BaseModel):
    """The result of a test."""

    is_taken: bool
    answer: str
    """The service's own words."""


class Tried(BaseModel):
    """What a rule would have sent."""

    messages: int
    """The number of all messages."""
    by_event: dict[NotificationEvent, int]
    """The number of messages for each event of the rule."""
    days: int
    unknown: list[str]
    """Sentences about what the stored history does not show."""


@router.get("/notification-channels")
async def list_channels(paging: Paging) -> NotificationChannelListResponse:
    """List channels by name, without their addresses."""
    items, total = await in_session(NotificationChannelCRUD.get_all, paging.skip, paging.page_size)
    return paging.of(NotificationChannelListResponse, items, total)


@router.post("/notification-channels", status_code=201)
async def add_channel(data: NotificationChannelCreate, request: Request, response: Response) -> ChannelMade:
    """Add a channel. Only this response contains a webhook's secret."""
    channel, secret = await notifications.add_channel(data.model_dump(), Runtime.of(request).settings)
    response.headers["Location"] = f"/api/v1/notification-channels/{channel.id}"
    return ChannelMade.model_validate(channel).model_copy(update={"secret": secret})


@router.get("/notification-channels/{channel_id}")
async def get_channel(channel_id: Id) -> NotificationChannelRead:
    """Return a channel."""
    return NotificationChannelRead.model_validate(await in_session(require_row, NotificationChannel, channel_id))


@router.patch("/notification-channels/{channel_id}")
async def change_channel(channel_id: Id, data: NotificationChannelUpdate, request: Request) -> NotificationChannelRead:
    """Change a channel. An address must be complete."""
    data.refuse_nulls()
    fields = data.model_dump(exclude_unset=True)
    channel = await notifications.change_channel(channel_id, fields, Runtime.of(request).settings)
    return NotificationChannelRead.model_validate(channel)


@router.delete("/notification-channels/{channel_id}", status_code=204)
async def remove_channel(channel_id: Id) -> None:
    """Delete a channel with its rules."""
    await notifications.remove_channel(channel_id)


@router.post("/notification-channels/{channel_id}/test")
async def test_channel(channel_id: Id, request: Request) -> Tested:
    """Send a test and wait for the service's response."""
    is_taken, answer = await notifications.test_channel(channel_id, Runtime.of(request).settings)
    return Tested(is_taken=is_taken, answer=answer)


@router.get("/notification-rules")
async def list_rules(paging: Paging, channel_id: Of = None, website_id: Of = None) -> NotificationRuleListResponse:
    """List rules by name. Filter by channel or website."""
    items, total = await in_session(
        NotificationRuleCRUD.get_all, paging.skip, paging.page_size, channel_id=channel_id, website_id=website_id
    )
    return paging.of(NotificationRuleListResponse, items, total)


@router.post("/notification-rules", status_code=201)
async def add_rule(data: NotificationRuleCreate, response: Response) -> NotificationRuleRead:
    """Add a rule for a website, a tag, or all websites."""
    rule = await notifications.add_rule(data.model_dump())
    response.headers["Location"] = f"/api/v1/notification-rules/{rule.id}"
    return NotificationRuleRead.model_validate(rule)


@router.post("/notification-rules/try")
async def try_rule(data: NotificationRuleCreate) -> Tried:
    """Return what a rule would have sent in the last 30 days, without storing it."""
    trial = await notifications.try_rule(data.model_dump())
    return Tried(
        messages=sum(trial.by_event.values()),
        by_event=dict(trial.by_event),
        days=TRIED_DAYS,
        unknown=list(trial.unknown),
    )


@router.get("/notification-rules/{rule_id}")
async def get_rule(rule_id: Id) -> NotificationRuleRead:
    """Return a rule."""
    return NotificationRuleRead.model_validate(await in_session(require_row, NotificationRule, rule_id))


@router.patch("/notification-rules/{rule_id}")
async def change_rule(rule_id: Id, data: NotificationRuleUpdate) -> NotificationRuleRead:
    """Change a rule."""
    data.refuse_nulls()
    rule = await notifications.change_rule(rule_id, data.model_dump(exclude_unset=True))
    return NotificationRuleRead.model_validate(rule)


@router.delete("/notification-rules/{rule_id}", status_code=204)
async def remove_rule(rule_id: Id) -> None:
    """Delete a rule. Its notifications stay in the log."""
    await notifications.remove_rule(rule_id)


@router.get("/notifications")
async def list_notifications(
    paging: Paging,
    window_id: Of = None,
    website_id: Of = None,
    channel_id: Of = None,
    state: NotificationState | None = None,
) -> NotificationListResponse:
    """List notifications, newest first. Filter by downtime window, website, channel or state."""
    items, total = await in_session(
        NotificationCRUD.get_all,
        paging.skip,
        paging.page_size,
        window_id=window_id,
        website_id=website_id,
        channel_id=channel_id,
        state=state,
    )
    return paging.of(NotificationListResponse, items, total)
