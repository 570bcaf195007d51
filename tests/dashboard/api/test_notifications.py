"""Channels, rules and the notification log through the API."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from core.clock import utc_now
from core.database import run_in_session
from tests.factories import make_website, make_window
from tests.receivers import listening

V1 = "/api/v1"
WEBHOOK = {"name": "On call", "kind": "WEBHOOK", "address": {"url": "http://127.0.0.1:9/token-in-path"}}


async def add_channel(client: httpx.AsyncClient, **overrides: Any) -> dict[str, Any]:
    answer = await client.post(f"{V1}/notification-channels", json=WEBHOOK | overrides)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_channels_address_is_write_only(client: httpx.AsyncClient, app: FastAPI) -> None:
    made = await add_channel(client)

    shown = await client.get(f"{V1}/notification-channels")
    log = app.state.runtime.settings.data_dir / "watchwright.sqlite3"

    assert made["secret"].startswith("whsec_")
    assert (made["summary"], made["kind"]) == ("127.0.0.1", "WEBHOOK")
    assert "token-in-path" not in shown.text and made["secret"] not in shown.text
    assert b"token-in-path" not in log.read_bytes()


async def test_a_test_returns_the_services_answer(client: httpx.AsyncClient) -> None:
    with listening() as service:
        channel = (await add_channel(client, address={"url": f"http://{service.url}/"}))["id"]
        taken = await client.post(f"{V1}/notification-channels/{channel}/test")
        service.status = 500
        refused = await client.post(f"{V1}/notification-channels/{channel}/test")

    assert taken.json() == {"is_taken": True, "answer": "200 OK: noted"}
    assert refused.json() == {"is_taken": False, "answer": "500 Internal Server Error: noted"}


async def test_channels_and_rules_are_changed_and_deleted(client: httpx.AsyncClient) -> None:
    channel = (await add_channel(client))["id"]
    rule = (await client.post(f"{V1}/notification-rules", json={"name": "All", "channel_id": channel})).json()

    renamed = await client.patch(f"{V1}/notification-channels/{channel}", json={"name": "Night shift"})
    changed = await client.patch(f"{V1}/notification-rules/{rule['id']}", json={"events": ["UP"], "after_seconds": 60})
    half = await client.patch(f"{V1}/notification-rules/{rule['id']}", json={"quiet_from": "22:00"})
    deleted = await client.delete(f"{V1}/notification-channels/{channel}")

    assert rule["events"] == ["DOWN", "UP"]
    assert renamed.json()["name"] == "Night shift"
    assert (changed.json()["events"], changed.json()["after_seconds"]) == (["UP"], 60)
    assert (half.status_code, half.json()["detail"]) == (
        422,
        "Quiet hours need a start and a different end; give both, such as 22:00 and 07:00.",
    )
    assert deleted.status_code == 204
    assert (await client.get(f"{V1}/notification-rules/{rule['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"channel_id": 99}, "There is no channel 99."),
        ({"channel_id": 10**30}, f"There is no channel {10**30}."),
        ({"website_id": 99}, "There is no website 99."),
        ({"tag_id": 99}, "There is no tag 99."),
        ({"finding_kinds": ["tls_expird"]}, "'tls_expird' is not a kind of finding. Choose one of dns, dns_changed,"),
    ],
)
async def test_a_rule_needs_existing_objects(client: httpx.AsyncClient, body: dict[str, int], sentence: str) -> None:
    channel = (await add_channel(client))["id"]

    answer = await client.post(f"{V1}/notification-rules", json={"name": "All", "channel_id": channel} | body)

    assert answer.status_code == 422 and answer.json()["detail"].startswith(sentence)


@pytest.mark.parametrize("url", ["nope://example/x", "tgram://no-chat"])
async def test_an_unknown_service_is_refused(client: httpx.AsyncClient, url: str) -> None:
    known = {"name": "Chat", "kind": "APPRISE", "address": {"url": "ntfy://ntfy.example/alarms"}}
    channel = (await add_channel(client, **known))["id"]

    made = await client.post(f"{V1}/notification-channels", json=known | {"name": "Other", "address": {"url": url}})
    changed = await client.patch(f"{V1}/notification-channels/{channel}", json={"address": {"url": url}})

    assert (made.status_code, changed.status_code) == (422, 422)
    assert made.json()["detail"].startswith("Apprise does not recognise this URL, or part of it is missing")


async def test_a_rule_is_replayed_on_the_last_30_days(client: httpx.AsyncClient) -> None:
    def past(db: Any) -> int:
        website = make_website(db)
        for days in (1, 2, 40):
            start = utc_now() - timedelta(days=days)
            make_window(db, website, started_at=start, ended_at=start + timedelta(minutes=5))
        make_window(db, make_website(db), started_at=utc_now() - timedelta(hours=1))
        return website.id

    website = run_in_session(past)
    rule = {"name": "All", "channel_id": (await add_channel(client))["id"]}

    everything = await client.post(f"{V1}/notification-rules/try", json=rule)
    of_one = await client.post(f"{V1}/notification-rules/try", json=rule | {"website_id": website})

    assert everything.json() == {"messages": 5, "by_event": {"DOWN": 3, "UP": 2}, "days": 30, "unknown": []}
    assert of_one.json() == {"messages": 4, "by_event": {"DOWN": 2, "UP": 2}, "days": 30, "unknown": []}


@pytest.mark.parametrize("number", [7, 10**30])
@pytest.mark.parametrize("name", ["channel_id", "website_id", "tag_id"])
async def test_a_rule_about_what_does_not_exist_is_not_tried(client: httpx.AsyncClient, name: str, number: int) -> None:
    rule = {"name": "All", "channel_id": (await add_channel(client))["id"]} | {name: number}

    answer = await client.post(f"{V1}/notification-rules/try", json=rule)

    assert answer.status_code == 422
    assert answer.json()["detail"] == f"There is no {name.removesuffix('_id')} {number}."


async def test_a_window_is_acknowledged_once_with_the_actors_name(client: httpx.AsyncClient) -> None:
    window = run_in_session(lambda db: make_window(db, make_website(db)).id)

    first = await client.post(f"{V1}/downtime-windows/{window}/acknowledge")
    again = await client.post(f"{V1}/downtime-windows/{window}/acknowledge")

    assert first.status_code == 200
    assert first.json()["acknowledged_by"] == "token tests of ada"
    assert again.json()["acknowledged_at"] == first.json()["acknowledged_at"]
