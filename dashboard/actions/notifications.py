"""Adds, changes, deletes and tests notification channels and rules."""

import asyncio
from typing import Any

import orjson
from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.clock import utc_now
from core.config import Settings
from core.database import in_session
from core.diagnosis.kinds import Kind
from core.errors import InvalidInput, NotDelivered
from core.input_messages import sentence
from core.models import ChannelKind, NotificationChannel, NotificationRule, Tag, Website
from core.notifications import apprise_service
from core.notifications.channels import Sender
from core.notifications.links import Links
from core.notifications.message import Message
from core.notifications.trial import Trial
from core.schemas.notification_channel import (
    NotificationChannelCreate,
    NotificationChannelUpdate,
    WebhookAddress,
    address_of,
)
from core.schemas.notification_rule import NotificationRuleCreate, NotificationRuleUpdate
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, NotificationRuleCRUD
from core.services.rows import require_row
from dashboard.actions import rule_trial
from dashboard.audit import note
from dashboard.current_actor import require

TEST_WORDS = "This is a test. Notifications from Watchwright arrive here."


def links(settings: Settings) -> Links:
    """Return the URLs of the pages that messages link to."""
    return Links(root=settings.public_url or settings.local_url)


async def add_channel(fields: dict[str, Any], settings: Settings) -> tuple[NotificationChannel, str | None]:
    """Add a channel. Return it, and for a webhook its secret, which verifies messages and is shown only once.

    Raises:
        InvalidInput: A field is invalid.
        AlreadyExists: A channel with this name exists.
    """
    require(Permission.WRITE)
    data = NotificationChannelCreate.checked(fields)
    await _require_known(data.kind, data.address)
    address = address_of(data.kind, data.address)  # call this only once: each call may generate another secret
    data.address = address.model_dump()
    channel = await in_session(_create_channel, data, Sealer.of(settings))
    return channel, address.secret if isinstance(address, WebhookAddress) else None


async def change_channel(channel_id: int, fields: dict[str, Any], settings: Settings) -> NotificationChannel:
    """Change the given fields of `NotificationChannelUpdate`.

    Raises:
        InvalidInput: A field is invalid.
        AlreadyExists: Another channel has the name.
        NotFound: The channel does not exist.
    """
    require(Permission.WRITE)
    data = NotificationChannelUpdate.checked(fields)
    if data.address is not None:
        channel = await in_session(require_row, NotificationChannel, channel_id)
        await _require_known(channel.kind, data.address)
    return await in_session(_update_channel, channel_id, data, Sealer.of(settings))


async def remove_channel(channel_id: int) -> None:
    """Delete a channel with its rules.

    Raises:
        NotFound: The channel does not exist.
    """
    require(Permission.WRITE)
    await in_session(_remove_channel, channel_id)


async def test_channel(channel_id: int, settings: Settings) -> tuple[bool, str]:
    """Send a test message. Return whether the service accepted it, and its answer.

    Raises:
        NotFound: The channel does not exist.
    """
    require(Permission.WRITE)
    channel = await in_session(_test, channel_id)
    address = orjson.loads(Sealer.of(settings).open(channel.sealed_address))
    payload = {"event": "test", "link": links(settings).overview}
    message = Message(title="Watchwright test notification", text=f"{TEST_WORDS}\n{payload['link']}", payload=payload)
    send = Sender(settings.address_policy.refusal)
    try:
        return True, await send(channel.kind, address, message, f"test:{channel.id}:{utc_now().timestamp():.0f}")
    except NotDelivered as error:
        return False, str(error)


async def add_rule(fields: dict[str, Any]) -> NotificationRule:
    """Add a rule.

    Args:
        fields: The fields of `NotificationRuleCreate`.

    Raises:
        InvalidInput: A field is invalid, or refers to something that does not exist.
    """
    require(Permission.WRITE)
    return await in_session(_create_rule, NotificationRuleCreate.checked(fields))


async def change_rule(rule_id: int, fields: dict[str, Any]) -> NotificationRule:
    """Change the given fields of `NotificationRuleUpdate`.

    Raises:
        InvalidInput: A field is invalid, alone or with others, or refers to something that does not exist.
        NotFound: The rule does not exist.
    """
    require(Permission.WRITE)
    data = NotificationRuleUpdate.checked(fields)
    return await in_session(_update_rule, rule_id, data)


async def remove_rule(rule_id: int) -> None:
    """Delete a rule. Its past notifications stay in the log.

    Raises:
        NotFound: The rule does not exist.
    """
    require(Permission.WRITE)
    await in_session(_remove_rule, rule_id)


async def try_rule(fields: dict[str, Any]) -> Trial:
    """Return how many messages a rule would have sent in the last `rule_trial.TRIED_DAYS`, by event.

    Raises:
        InvalidInput: A field is invalid, or refers to something that does not exist.
    """
    return await in_session(_try_rule, NotificationRuleCreate.checked(fields))


async def _require_known(kind: ChannelKind, address: dict[str, Any]) -> None:
    """Refuse an Apprise URL of an unknown service: a typing mistake must show now, not when a website is down."""
    if kind is ChannelKind.APPRISE and not await asyncio.to_thread(
        apprise_service.is_known, str(address.get("url", ""))
    ):
        raise InvalidInput.of("apprise_url", apprise_service.UNKNOWN)


def _create_channel(db: Session, data: NotificationChannelCreate, sealer: Sealer) -> NotificationChannel:
    channel = NotificationChannelCRUD.create(db, data, sealer)
    note(db, "channel.add", f"channel {channel.name}", kind=channel.kind)
    return channel


def _update_channel(
    db: Session, channel_id: int, data: NotificationChannelUpdate, sealer: Sealer
) -> NotificationChannel:
    try:
        channel = NotificationChannelCRUD.update(db, channel_id, data, sealer)
    except ValueError as error:
        raise InvalidInput(sentence(error)) from error
    note(db, "channel.change", f"channel {channel.name}", fields=sorted(data.model_fields_set))
    return channel


def _remove_channel(db: Session, channel_id: int) -> None:
    channel = require_row(db, NotificationChannel, channel_id)
    note(db, "channel.delete", f"channel {channel.name}")
    NotificationChannelCRUD.delete(db, channel_id)


def _test(db: Session, channel_id: int) -> NotificationChannel:
    channel = require_row(db, NotificationChannel, channel_id)
    note(db, "channel.test", f"channel {channel.name}")
    return channel


def _try_rule(db: Session, data: NotificationRuleCreate) -> Trial:
    _require_existing(db, data)
    return rule_trial.tried(db, data, utc_now())


def _create_rule(db: Session, data: NotificationRuleCreate) -> NotificationRule:
    _require_existing(db, data)
    rule = NotificationRuleCRUD.create(db, data)
    note(db, "rule.add", f"rule {rule.name}", events=rule.events)
    return rule


def _update_rule(db: Session, rule_id: int, data: NotificationRuleUpdate) -> NotificationRule:
    _require_existing(db, data)
    rule = NotificationRuleCRUD.update(db, rule_id, data)
    note(db, "rule.change", f"rule {rule.name}", fields=sorted(data.model_fields_set))
    return rule


def _remove_rule(db: Session, rule_id: int) -> None:
    rule = require_row(db, NotificationRule, rule_id)
    note(db, "rule.delete", f"rule {rule.name}")
    NotificationRuleCRUD.delete(db, rule_id)


def _require_existing(db: Session, data: NotificationRuleCreate | NotificationRuleUpdate) -> None:
    for kind, name, key in (
        (NotificationChannel, "channel", data.channel_id),
        (Website, "website", data.website_id),
        (Tag, "tag", data.tag_id),
    ):
        if key is not None and db.get(kind, key) is None:
            raise InvalidInput(f"There is no {name} {key}.")
    unknown = next((kind for kind in data.finding_kinds or () if kind not in list(Kind)), None)
    if unknown is not None:
        raise InvalidInput(f"{unknown!r} is not a kind of finding. Choose one of {', '.join(Kind)}.")
