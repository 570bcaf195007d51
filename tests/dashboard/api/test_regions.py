"""Regional results of a website through the API."""

import httpx
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.monitoring.record import record
from tests.factories import NOON, make_website
from tests.probe_results import BAD, GOOD, judged_check

URL = "/api/v1/websites"


def seen_from_three(db: Session) -> int:
    """A website that is down for eu and up for us, and has no check by ap."""
    website = make_website(db, regions=["eu", "us", "ap"])
    ago = (utc_now() - NOON).total_seconds()
    record(db, [judged_check(website.id, ago - 20 + 5 * number, BAD, region="eu") for number in range(3)])
    record(db, [judged_check(website.id, ago, GOOD, region="us")])
    return website.id


async def test_each_regions_status_is_listed_and_disagreement_named(client: httpx.AsyncClient) -> None:
    website_id = await in_session(seen_from_three)

    told = (await client.get(f"{URL}/{website_id}/regions")).json()

    assert (told["status"], told["quorum"]) == ("DEGRADED", 2)
    assert told["reason"].endswith("Down in eu, up in us, no report from ap.")
    assert [(one["region"], one["status"]) for one in told["regions"]] == [("eu", "DOWN"), ("us", "UP"), ("ap", None)]
    assert told["regions"][1]["last_response_time_ms"] == 120.0


async def test_checks_are_filtered_by_region(client: httpx.AsyncClient) -> None:
    website_id = await in_session(seen_from_three)

    checks = (await client.get(f"{URL}/{website_id}/checks", params={"region": "eu"})).json()
    wrong = await client.get(f"{URL}/{website_id}/checks", params={"region": "EU west"})

    assert checks["total"] == 3
    assert {(check["region"], check["region_status"]) for check in checks["items"]} == {("eu", "DOWN")}
    assert wrong.status_code == 422


async def test_a_website_without_regions_has_none(client: httpx.AsyncClient) -> None:
    website_id = (await client.post(URL, json={"url": "https://a.example"})).json()["id"]

    told = (await client.get(f"{URL}/{website_id}/regions")).json()

    assert told == {"status": None, "reason": None, "quorum": None, "regions": []}
    assert (await client.get(f"{URL}/4711/regions")).status_code == 404


async def test_on_sqlite_regions_are_refused_with_a_reason(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, json={"url": "https://a.example", "regions": ["eu"]})

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Regions need a database on PostgreSQL")
