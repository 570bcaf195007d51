"""An incident in PagerDuty has a short title, and the whole text as details."""

import json
from typing import Any

from core.models import ChannelKind
from core.notifications.channels import Sender
from core.notifications.digest import digest
from core.notifications.message import compose
from tests.core.notifications.conftest import PAGERDUTY
from tests.core.notifications.test_message import facts
from tests.receivers import Service

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
