"""An incident in PagerDuty is called what a phone can read out; all else is in its details."""

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


async def test_its_name_is_the_gist_and_the_rest_its_details(pagerduty: Service) -> None:
    said = await told(pagerduty, acknowledge=TICKET, cause="It burns.")

    payload = said["payload"]
    assert isinstance(payload, dict)
    assert (payload["summary"].splitlines(), payload["source"]) == (["Shop is down", "It burns."], "shop.example")
    assert f"Take it up: {TICKET}" in payload["custom_details"]["text"]
    assert said["links"] == [{"href": "https://watch.example/downtime/1"}]


async def test_what_its_url_says_stays(pagerduty: Service) -> None:
    said = await told(pagerduty, f"{PAGERDUTY}?source=ours&click=https://x.example/&+text=own")

    payload = said["payload"]
    assert isinstance(payload, dict)
    assert (payload["source"], payload["custom_details"]) == ("ours", {"text": "own"})
    assert said["links"] == [{"href": "https://x.example/"}]


async def test_of_many_its_source_is_who_watches_them(pagerduty: Service) -> None:
    many = digest([facts(website_id=number) for number in range(4)], "https://watch.example/")

    await send(ChannelKind.APPRISE, {"url": PAGERDUTY}, many, "key")

    said = json.loads(pagerduty.posted[-1][2])["payload"]
    assert (said["summary"].splitlines()[0], said["source"]) == ("4 websites are down", "Watchwright")
