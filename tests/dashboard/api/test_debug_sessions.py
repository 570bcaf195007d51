"""/api/v1/debug-sessions over stored sessions; tests/e2e starts one in a real browser."""

import httpx
import pytest
from sqlalchemy.orm import Session

from core.database import run_in_session
from core.models import DebugSessionState, NetworkEventType
from tests.factories import at, make_event, make_session, make_website

URL = "/api/v1/debug-sessions"


def one_exchange(db: Session) -> int:
    ended = {"started_at": at(0), "completed_at": at(1), "state": DebugSessionState.COMPLETED}
    session = make_session(db, make_website(db), url="https://example.org/", **ended)
    common = {"url": "https://example.org/a?b=1", "exchange_id": "1", "started_ms": 5.0}
    make_event(db, session, event_type=NetworkEventType.REQUEST, timestamp=at(0.005), method="GET", **common)
    make_event(
        db,
        session,
        event_type=NetworkEventType.RESPONSE,
        timestamp=at(0.1),
        status_code=200,
        duration_ms=95.0,
        response_headers={"content-type": "text/html", "set-cookie": "a=1; Path=/\nb=2"},
        response_payload="<p>hello</p>",
        phases={"waiting_ms": 90.0, "download_ms": 5.0},
        **common,
    )
    return session.id


async def test_a_session_its_events_and_its_har(client: httpx.AsyncClient) -> None:
    session_id = run_in_session(one_exchange)

    session = (await client.get(f"{URL}/{session_id}")).json()
    events = (await client.get(f"{URL}/{session_id}/events")).json()
    har = await client.get(f"{URL}/{session_id}/har")

    assert session["id"] == session_id
    assert [event["event_type"] for event in events["items"]] == ["REQUEST", "RESPONSE"]
    assert har.headers["content-disposition"] == f'attachment; filename="debug-session-{session_id}.har"'
    (entry,) = har.json()["log"]["entries"]
    assert entry["request"]["queryString"] == [{"name": "b", "value": "1"}]
    assert entry["response"]["content"]["text"] == "<p>hello</p>"
    assert [cookie["name"] for cookie in entry["response"]["cookies"]] == ["a", "b"]
    assert entry["time"] == 95


async def test_a_session_can_be_deleted(client: httpx.AsyncClient) -> None:
    session_id = run_in_session(one_exchange)

    deleted = await client.delete(f"{URL}/{session_id}")
    gone = await client.get(f"{URL}/{session_id}/events")

    assert (deleted.status_code, gone.status_code) == (204, 404)


async def test_a_session_needs_an_existing_website(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, json={"website_id": 999})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_har_file_becomes_a_session_without_its_secrets(client: httpx.AsyncClient) -> None:
    har = (await client.get(f"{URL}/{run_in_session(one_exchange)}/har")).json()
    entry = har["log"]["entries"][0]
    entry["request"]["headers"].append({"name": "Authorization", "value": "Bearer hush-hush-hush"})
    entry["request"]["url"] = "https://example.org/a?token=hush-hush-hush"

    imported = await client.post(f"{URL}/import", params={"website_id": 1}, json=har)

    assert imported.status_code == 201, imported.text
    assert imported.json()["trigger"] == "IMPORT"
    events = await client.get(f"{URL}/{imported.json()['id']}/events")
    assert events.json()["total"] == 2
    assert "hush" not in events.text
    assert (await client.post(f"{URL}/import", params={"website_id": 999}, json=har)).status_code == 404


@pytest.mark.parametrize(
    ("body", "website_id", "status"),
    [(b"no json", 1, 422), (b"{}", 1, 422), (b'{"log": {"version": "1.2", "entries": []}}', 1, 422)],
    ids=["no JSON", "no HAR", "an empty one"],
)
async def test_an_invalid_file_is_a_problem_document(
    client: httpx.AsyncClient, body: bytes, website_id: int, status: int
) -> None:
    run_in_session(one_exchange)

    answer = await client.post(f"{URL}/import", params={"website_id": website_id}, content=body)

    assert answer.status_code == status, answer.text
    assert answer.json()["detail"].endswith(".")


async def test_sessions_are_filtered_by_the_query(client: httpx.AsyncClient) -> None:
    run_in_session(one_exchange)

    totals = [
        (await client.get(URL, params=query)).json()["total"]
        for query in ({"website_id": 1}, {"website_id": 2}, {"is_pinned": True}, {"has_failures": False})
    ]

    assert totals == [1, 0, 0, 1]
