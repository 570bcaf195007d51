"""/api/v1/maintenance-windows: plan, list, change, end and delete; invalid windows get a problem document."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from core.clock import utc_now
from core.database import session_scope
from tests.factories import make_maintenance

PATH = "/api/v1/maintenance-windows"


def given(**overrides: Any) -> dict[str, Any]:
    """The fields of a window of one hour that began five minutes ago."""
    return {
        "name": "Deploy",
        "starts_at": (utc_now() - timedelta(minutes=5)).isoformat(),
        "duration_seconds": 3600,
    } | overrides


async def test_a_window_is_planned_listed_changed_and_deleted(client: httpx.AsyncClient) -> None:
    created = await client.post(PATH, json=given(recurrence="FREQ=DAILY", timezone="Europe/Berlin"))
    address = created.headers["Location"]

    assert created.status_code == 201
    assert address == f"{PATH}/{created.json()['id']}"
    assert (await client.get(PATH)).json()["total"] == 1

    changed = await client.patch(address, json={"name": "Release", "recurrence": None})
    assert (changed.json()["name"], changed.json()["recurrence"]) == ("Release", None)

    assert (await client.delete(address)).status_code == 204
    assert (await client.get(address)).status_code == 404


async def test_a_stored_invalid_rule_does_not_hide_other_windows(
    client: httpx.AsyncClient,
) -> None:
    await client.post(PATH, json=given(recurrence="FREQ=DAILY"))
    with session_scope() as db:
        make_maintenance(db).recurrence = "FREQ=SECONDLY"

    assert (await client.get(PATH)).json()["total"] == 2


async def test_a_running_occurrence_can_be_ended_once(client: httpx.AsyncClient) -> None:
    window = (await client.post(PATH, json=given())).json()

    ended = await client.post(f"{PATH}/{window['id']}/end")
    again = await client.post(f"{PATH}/{window['id']}/end")

    assert len(ended.json()["ended_early"]) == 1
    assert again.status_code == 422
    assert again.headers["content-type"] == "application/problem+json"
    assert (await client.get(f"{PATH}/{window['id']}/occurrences")).json() == []


async def test_the_next_occurrences_are_listed(client: httpx.AsyncClient) -> None:
    window = (await client.post(PATH, json=given(recurrence="FREQ=DAILY"))).json()

    ahead = (await client.get(f"{PATH}/{window['id']}/occurrences", params={"count": 3})).json()

    assert len(ahead) == 3


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"recurrence": "FREQ=SECONDLY"}, "hourly at most"),
        ({"recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "never occurs"),
        ({"timezone": "Mars/Olympus"}, "time zone"),
        ({"website_id": 1, "tag_id": 1}, "not for both"),
        ({"website_id": 4711}, "no website 4711"),
        ({"tag_id": 4711}, "no tag 4711"),
        ({"duration_seconds": 5}, "duration_seconds"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_an_invalid_window_is_refused_with_a_reason(
    client: httpx.AsyncClient, wrong: dict[str, Any], sentence: str
) -> None:
    answer = await client.post(PATH, json=given(**wrong))

    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
async def test_a_missing_window_is_404(client: httpx.AsyncClient, method: str) -> None:
    more = {"json": {"name": "x"}} if method == "patch" else {}

    assert (await getattr(client, method)(f"{PATH}/4711", **more)).status_code == 404
    assert (await client.post(f"{PATH}/4711/end")).status_code == 404
