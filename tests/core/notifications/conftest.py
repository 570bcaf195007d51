"""Fixtures: a fake service, channels and rules."""

import asyncio
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.models import ChannelKind, NotificationChannel, NotificationRule
from core.notifications.message import Message
from core.schemas.notification_channel import NotificationChannelCreate
from core.schemas.notification_rule import NotificationRuleCreate
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, NotificationRuleCRUD
from tests.receivers import Service, listening

SEALER = Sealer(b"a key of the tests' own, of any length")
PAGERDUTY = f"pagerduty://{'i' * 32}@{'r' * 20}"


@dataclass
class Sent:
    """A fake sender that keeps messages; raises *refuses* if it is set, and waits for *goes_on* if it *hangs*."""

    messages: list[tuple[str, Message]] = field(default_factory=list)
    refuses: Exception | None = None
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    hangs: bool = False
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    tries: int = 0

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        self.tries += 1
        self.entered.set()
        if self.hangs:
            await self.goes_on.wait()
        if self.refuses is not None:
            raise self.refuses
        self.messages.append((key, message))
        return "Taken."

    @property
    def titles(self) -> list[str]:
        return [message.title for _key, message in self.messages]


@pytest.fixture
def sent() -> Sent:
    return Sent()


def make_channel(db: Session, **overrides: Any) -> NotificationChannel:
    given = {"name": "On call", "kind": "WEBHOOK", "address": {"url": "http://127.0.0.1:9/"}} | overrides
    return NotificationChannelCRUD.create(db, NotificationChannelCreate(**given), SEALER)


def make_rule(db: Session, channel: NotificationChannel, **overrides: Any) -> NotificationRule:
    given = {"name": "All failures", "channel_id": channel.id} | overrides
    return NotificationRuleCRUD.create(db, NotificationRuleCreate(**given))


@pytest.fixture
def pagerduty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A fake PagerDuty; `PAGERDUTY` is the URL of a channel to it."""
    plugin = importlib.import_module("apprise.plugins.pagerduty")
    with listening() as service:
        monkeypatch.setitem(plugin.PAGERDUTY_API_LOOKUP, "us", f"http://{service.url}")
        service.status = 202
        yield service
