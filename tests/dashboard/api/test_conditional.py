"""Conditional requests: no unchanged body is sent again, and no change is made to an unseen version."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import Context

import httpx
import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.models import MonitorStatus
from core.schemas import WebsiteUpdate
from core.services import WebsiteCRUD
from dashboard.access import COOKIE
from dashboard.api.conditional import CHANGED, tags_of
from tests.accounts import COOKIE_TOKEN
from tests.factories import make_check

WEBSITE = {"url": "https://shop.example", "name": "Shop"}


async def a_website(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/v1/websites", json=WEBSITE)).headers["location"])


async def test_an_unchanged_response_is_not_sent_again(client: httpx.AsyncClient) -> None:
    at = await a_website(client)
    first = await client.get(at)

    again = await client.get(at, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    other = await client.get(at, headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (other.status_code, other.json()) == (200, first.json())


@pytest.mark.parametrize("path", ["websites", "downtime-windows", "notification-rules", "search?q=shop", "me"])
async def test_every_collection_has_an_etag(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(f"/api/v1/{path}")

    again = await client.get(f"/api/v1/{path}", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304


async def test_json_lines_get_no_etag_even_if_empty(client: httpx.AsyncClient) -> None:
    signed_in = {"authorization": "", "cookie": f"{COOKIE}={COOKIE_TOKEN}"}

    answer = await client.get("/api/v1/audit-events.jsonl?action=of-which-there-is-none", headers=signed_in)

    assert (answer.status_code, answer.content, "etag" in answer.headers) == (200, b"", False)


async def test_a_lists_etag_changes_when_an_item_is_added(client: httpx.AsyncClient) -> None:
    before = (await client.get("/api/v1/websites")).headers["etag"]
    await a_website(client)

    after = await client.get("/api/v1/websites", headers={"If-None-Match": before})

    assert after.status_code == 200 and after.json()["total"] == 1


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_change_of_an_outdated_version_is_refused(client: httpx.AsyncClient, method: str) -> None:
    at = await a_website(client)
    seen = (await client.get(at)).headers["etag"]
    await client.patch(at, json={"name": "Renamed"})

    answer = await client.request(
        method, at, headers={"If-Match": seen}, json={"name": "Mine"} if method == "PATCH" else None
    )

    assert answer.status_code == 412 and answer.headers["content-type"] == "application/problem+json"
    assert (await client.get(at)).json()["name"] == "Renamed"


async def test_a_change_returns_the_new_etag(client: httpx.AsyncClient) -> None:
    at = await a_website(client)
    seen = (await client.get(at)).headers["etag"]

    first = await client.patch(at, headers={"If-Match": seen}, json={"name": "One"})
    second = await client.patch(at, headers={"If-Match": first.headers["etag"]}, json={"name": "Two"})

    assert (first.status_code, second.status_code, second.json()["name"]) == (200, 200, "Two")


async def test_a_new_check_does_not_make_a_version_outdated(client: httpx.AsyncClient) -> None:
    at = await a_website(client)
    seen = (await client.get(at)).headers["etag"]

    def checked(db: Session) -> None:
        website = WebsiteCRUD.get_by_url(db, "https://shop.example")
        assert website
        make_check(db, website, status=MonitorStatus.UP, checked_at=utc_now())

    await in_session(checked)
    fresh = await client.get(at, headers={"If-None-Match": seen})

    answer = await client.patch(at, headers={"If-Match": seen}, json={"name": "Mine"})

    assert fresh.status_code == 200 and fresh.json()["total_checks"] == 1
    assert answer.status_code == 200


async def test_one_of_two_concurrent_changes_is_refused(client: httpx.AsyncClient) -> None:
    at = await a_website(client)
    seen = {"If-Match": (await client.get(at)).headers["etag"]}

    answers = await asyncio.gather(*(client.patch(at, headers=seen, json={"name": name}) for name in "AB"))

    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_a_change_by_another_server_is_noticed_in_the_transaction(
    client: httpx.AsyncClient,
) -> None:
    at = await a_website(client)
    seen = (await client.get(at)).headers["etag"]

    def rename(db: Session) -> None:
        WebsiteCRUD.update(db, int(at.rpartition("/")[2]), WebsiteUpdate(name="Another server's"))

    async def body() -> AsyncIterator[bytes]:
        """A body that is read after the comparison, and changes the website from another server first."""
        await asyncio.create_task(in_session(rename), context=Context())
        yield b'{"name": "Mine"}'

    answer = await client.patch(at, headers={"If-Match": seen, "content-type": "application/json"}, content=body())

    assert (answer.status_code, answer.json()["detail"]) == (412, CHANGED)
    assert (await client.get(at)).json()["name"] == "Another server's"


async def test_a_star_matches_any_version(client: httpx.AsyncClient) -> None:
    at = await a_website(client)

    there = await client.patch(at, headers={"If-Match": "*"}, json={"name": "Mine"})
    gone = await client.patch("/api/v1/websites/99", headers={"If-Match": "*"}, json={"name": "Mine"})

    assert (there.status_code, gone.status_code) == (200, 404)


async def test_if_match_is_refused_where_there_is_no_etag(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/v1/status-pages/1/subscribers/1", headers={"If-Match": '"a"'})

    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("condition", "tags"),
    [('"a"', ['"a"']), ('W/"a", "b"', ['"a"', '"b"']), ("*", ["*"]), ("", []), (",,", [])],
)
def test_conditions_are_lists_of_tags(condition: str, tags: list[str]) -> None:
    assert tags_of(condition) == tags
