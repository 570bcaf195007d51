"""Services without a priority of their own for failures receive one."""

import importlib
import json

import pytest

from core.models import ChannelKind, NotificationEvent
from core.notifications.channels import Sender
from core.notifications.message import compose
from tests.core.notifications.test_message import facts
from tests.receivers import listening

send = Sender(lambda _host, _address, _port: None)


@pytest.mark.parametrize(
    ("event", "options", "priority"),
    [
        (NotificationEvent.DOWN, "", "high"),
        (NotificationEvent.SLOW, "", None),
        (NotificationEvent.UP, "", None),
        (NotificationEvent.DOWN, "?priority=min", "min"),
        (NotificationEvent.DOWN, "?priority=default", None),
    ],
)
async def test_a_failure_has_a_high_priority_unless_the_url_names_one(
    event: NotificationEvent, options: str, priority: str | None
) -> None:
    with listening() as service:
        address = {"url": f"ntfy://{service.url}/alarms{options}"}
        await send(ChannelKind.APPRISE, address, compose(facts(event=event)), "key")

    assert service.posted[0][1].get("x-priority") == priority


@pytest.mark.parametrize(("options", "priority"), [("", "P2"), ("?priority=p3", "P3"), ("?Priority=p3", "P3")])
async def test_a_failure_at_opsgenie_has_a_high_priority(
    options: str, priority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = importlib.import_module("apprise.plugins.opsgenie")
    with listening() as service:
        monkeypatch.setitem(plugin.OPSGENIE_API_LOOKUP, "us", f"http://{service.url}/v2/alerts")
        service.answer = b'{"requestId": "43a29c5c"}'
        await send(ChannelKind.APPRISE, {"url": f"opsgenie://{'k' * 36}{options}"}, compose(facts()), "1:7:down:3")

    assert json.loads(service.posted[0][2])["priority"] == priority
