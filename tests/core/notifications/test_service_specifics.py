"""An incident in PagerDuty has a short title with the whole text as details, and failures have a high priority."""

import importlib
import json
from typing import Any

import pytest

from core.models import ChannelKind, NotificationEvent
from core.notifications.channels import Sender
from core.notifications.digest import digest
from core.notifications.message import compose
from tests.core.notifications.conftest import PAGERDUTY
from tests.core.notifications.test_message import facts
from tests.receivers import Service, listening

TICKET = f"https://watch.example/acknowledge?ticket={'a' * 300}"
send = Sender(lambda _host, _address, _port: None)


async def told(service: Service, url: str = PAGERDUTY, **given: Any) -> dict[str, object]:
    await send(ChannelKind.APPRISE, {"url": url}, compose(facts(**given)), "key")
    said: dict[str, object] = json.loads(service.posted[-1][2])
    return said


async def test_the_title_is_the_first_line_and_the_text_is_a_detail(pagerduty: Service) -> None:
    said = await told(pagerduty, acknowledge=TICKET, cause="It burns.")

    payload = said["payload"]
    assert isinstance(payload, dict)
    assert (payload["summary"].splitlines(), payload["source"]) == (["Shop is down", "It burns."], "shop.example")
    assert f"Acknowledge: {TICKET}" in payload["custom_details"]["text"]
    assert said["links"] == [{"href": "https://watch.example/downtime/1"}]


async def test_settings_in_the_url_take_precedence(pagerduty: Service) -> None:
    said = await told(pagerduty, f"{PAGERDUTY}?source=ours&click=https://x.example/&+text=own")

    payload = said["payload"]
    assert isinstance(payload, dict)
    assert (payload["source"], payload["custom_details"]) == ("ours", {"text": "own"})
    assert said["links"] == [{"href": "https://x.example/"}]


async def test_the_source_of_a_digest_is_watchwright(pagerduty: Service) -> None:
    many = digest([facts(website_id=number) for number in range(4)], "https://watch.example/")

    await send(ChannelKind.APPRISE, {"url": PAGERDUTY}, many, "key")

    said = json.loads(pagerduty.posted[-1][2])["payload"]
    assert (said["summary"].splitlines()[0], said["source"]) == ("4 websites are down", "Watchwright")


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
