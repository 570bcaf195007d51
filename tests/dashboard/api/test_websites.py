"""/api/v1/websites."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.models import MonitorStatus, Website
from tests.factories import NOON, at, make_check, make_website, make_window

URL = "/api/v1/websites"


async def add(client: httpx.AsyncClient, url: str = "https://example.org", **fields: object) -> int:
    answer = await client.post(URL, json={"url": url, **fields})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def test_only_the_url_is_required(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, json={"url": "HTTPS://Example.ORG"})

    website = answer.json()
    assert answer.headers["location"] == f"{URL}/{website['id']}"
    assert (website["url"], website["name"], website["is_active"]) == ("https://example.org", "example.org", True)


async def test_credentials_in_a_url_are_never_shown(client: httpx.AsyncClient) -> None:
    website_id = await add(client, "https://ann:hush@example.org/")

    for path in (URL, f"{URL}/{website_id}"):
        assert "hush" not in (await client.get(path)).text


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        (
            {"url": "javascript:alert(1)"},
            422,
            "The URL must start with http:// or https://, such as https://example.com.",
        ),
        (
            {"url": "https://a.example", "check_interval": 4},
            422,
            "The check interval must be between 5 and 86400 seconds, not 4.",
        ),
        (
            {"url": "https://a.example", "check_interval": 10, "timeout": 11},
            422,
            "The timeout (11 s) must not be longer than the check interval (10 s).",
        ),
        ({}, 422, "url is missing."),
    ],
    ids=["scheme", "interval", "timeout", "nothing"],
)
async def test_invalid_values_are_refused_with_one_sentence(
    client: httpx.AsyncClient, fields: dict[str, object], status: int, detail: str
) -> None:
    answer = await client.post(URL, json=fields)

    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"], answer.json()["detail"]) == (status, status, detail)


async def test_a_duplicate_is_a_409(client: httpx.AsyncClient) -> None:
    await add(client)

    answer = await client.post(URL, json={"url": "https://EXAMPLE.org/"})

    assert (answer.status_code, answer.json()["detail"]) == (409, "https://example.org/ already exists.")


async def test_changing_pausing_and_deleting(client: httpx.AsyncClient) -> None:
    website_id = await add(client)

    changed = await client.patch(f"{URL}/{website_id}", json={"is_active": False, "name": "Ours"})
    too_long = await client.patch(f"{URL}/{website_id}", json={"check_interval": 5})
    deleted = await client.delete(f"{URL}/{website_id}")
    gone = await client.get(f"{URL}/{website_id}")

    assert (changed.json()["is_active"], changed.json()["name"]) == (False, "Ours")
    assert too_long.status_code == 422
    assert "must not be longer than the check interval" in too_long.json()["detail"]
    assert (deleted.status_code, gone.status_code) == (204, 404)
    assert gone.json()["detail"] == f"There is no website {website_id}."


async def test_a_list_is_paged(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await add(client, f"https://example.org/{number}")

    page = (await client.get(URL, params={"page": 2, "page_size": 2})).json()

    assert (page["total"], page["page"], page["page_size"]) == (5, 2, 2)
    assert [item["url"] for item in page["items"]] == ["https://example.org/2", "https://example.org/3"]


async def test_checks_windows_uptime_and_series_agree(client: httpx.AsyncClient) -> None:
    def history(db: Session) -> int:
        website = make_website(db, check_interval=60)
        for minute in range(10):
            status = MonitorStatus.DOWN if 4 <= minute < 6 else MonitorStatus.UP
            make_check(
                db, website, status=status, checked_at=at(60 * minute), http_status_code=200, response_time_ms=100
            )
        make_window(db, website, started_at=at(240), ended_at=at(360))
        return website.id

    website_id = run_in_session(history)
    span = {"since": NOON.isoformat(), "until": at(600).isoformat()}

    uptime = (await client.get(f"{URL}/{website_id}/uptime", params=span)).json()
    checks = (await client.get(f"{URL}/{website_id}/checks", params={**span, "status": "DOWN"})).json()
    windows = (await client.get(f"{URL}/{website_id}/downtime-windows")).json()
    series = (await client.get(f"{URL}/{website_id}/series", params={**span, "max_points": 10})).json()

    assert uptime["uptime_percentage"] == pytest.approx(80, abs=0.01)
    assert uptime["coverage"] == pytest.approx(1, abs=0.001)
    assert checks["total"] == 2
    assert windows["items"][0]["duration_seconds"] == 120
    assert sum(point["checks"] for point in series) == 10
    assert sum(point["down"] for point in series) == 2


@pytest.mark.parametrize("path", ["/checks", "/uptime", "/series", "/downtime-windows", "/debug-sessions", ""])
async def test_every_route_of_a_missing_website_is_404(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"{URL}/999{path}")

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no website 999.")


async def test_an_id_out_of_range_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{URL}/{2**63}")).status_code == 422
    assert (await client.get(URL, params={"page_size": 100_000})).status_code == 422


async def test_tags_are_given_read_and_filtered_by(client: httpx.AsyncClient) -> None:
    tagged = await add(client, "https://a.example", tags=["Shop", "eu"])
    other = await add(client, "https://b.example")

    assert (await client.get(f"{URL}/{tagged}")).json()["tags"] == ["eu", "shop"]
    assert [item["id"] for item in (await client.get(URL, params={"tag": "shop"})).json()["items"]] == [tagged]

    changed = await client.patch(f"{URL}/{other}", json={"tags": ["shop"]})
    assert changed.json()["tags"] == ["shop"]
    assert [item["tags"] for item in (await client.get(URL)).json()["items"]] == [["eu", "shop"], ["shop"]]


@pytest.mark.parametrize("field", ["url", "name", "check_interval", "timeout", "is_active", "tags"])
async def test_null_is_refused_for_required_fields(client: httpx.AsyncClient, field: str) -> None:
    website_id = await add(client)

    answer = await client.patch(f"{URL}/{website_id}", json={field: None})

    assert answer.status_code == 422
    assert answer.json()["detail"] == f"{field} cannot be null. Omit it to keep its value."


async def test_null_clears_optional_fields(client: httpx.AsyncClient) -> None:
    website_id = await add(client, description="Ours")

    answer = await client.patch(f"{URL}/{website_id}", json={"description": None})

    assert (answer.status_code, answer.json()["description"]) == (200, None)


async def test_a_nul_that_postgresql_cannot_keep_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, json={"url": "https://example.org", "description": "a\0b"})

    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "The field description contains a NUL character; remove it.",
    )


async def test_websites_are_found_by_words_in_name_or_url(client: httpx.AsyncClient) -> None:
    for url, name in (
        ("https://shop.example", "Till"),
        ("https://other.example", "100% Shop"),
        ("https://x.example", "X"),
    ):
        await client.post("/api/v1/websites", json={"url": url, "name": name})

    shops = (await client.get("/api/v1/websites", params={"q": "SHOP"})).json()
    signs = (await client.get("/api/v1/websites", params={"q": "0%"})).json()

    assert [one["name"] for one in shops["items"]] == ["Till", "100% Shop"]
    assert signs["total"] == 1


async def test_a_website_depends_on_one_that_is_watched_and_not_on_itself(client: httpx.AsyncClient) -> None:
    router = (await client.post("/api/v1/websites", json={"url": "https://router.example"})).json()
    body = {"url": "https://shop.example", "depends_on": "https://router.example/"}

    shop = await client.post("/api/v1/websites", json=body)
    circle = await client.patch(f"/api/v1/websites/{router['id']}", json={"depends_on": "https://shop.example"})
    nobody = await client.patch(f"/api/v1/websites/{router['id']}", json={"depends_on": "https://none.example"})
    freed = await client.patch(f"/api/v1/websites/{shop.json()['id']}", json={"depends_on": None})

    assert (shop.status_code, shop.json()["depends_on"]) == (201, "https://router.example/")
    assert (circle.status_code, nobody.status_code) == (422, 422)
    assert freed.json()["depends_on"] is None


async def test_the_current_status_ignores_checks_dated_in_the_future(client: httpx.AsyncClient) -> None:
    def check(db: Session) -> int:
        website = make_website(db)
        make_check(db, website, checked_at=utc_now() + timedelta(hours=1), response_time_ms=7.0)
        make_check(db, website, checked_at=utc_now() - timedelta(seconds=5), status=MonitorStatus.DOWN)
        return website.id

    website_id = run_in_session(check)

    told = (await client.get(f"{URL}/{website_id}")).json()

    assert (told["current_status"], told["last_response_time_ms"], told["total_checks"]) == ("DOWN", None, 2)


async def test_a_website_is_found_by_its_url(client: httpx.AsyncClient) -> None:
    await add(client, "https://example.org/shop")
    root = await add(client, "https://example.org")
    kept = await add(client, "https://ann:hush@example.net/")

    async def found(url: str) -> list[int]:
        return [int(one["id"]) for one in (await client.get(URL, params={"url": url})).json()["items"]]

    assert (await found("HTTPS://Example.ORG/"), await found("https://example.org/sho")) == ([root], [])
    assert await found("https://example.net") == [kept]
    refused = await client.get(URL, params={"url": "example.org"})
    assert (refused.status_code, refused.json()["detail"][:30]) == (422, "The URL must start with http:/")


async def test_a_list_contains_each_websites_status(client: httpx.AsyncClient) -> None:
    def check(db: Session) -> None:
        down = make_website(db, name="Down")
        make_check(db, down, checked_at=utc_now() - timedelta(seconds=5), status=MonitorStatus.DOWN)
        slow = make_website(db, name="Slow")
        make_check(db, slow, status=MonitorStatus.DEGRADED, checked_at=NOON, response_time_ms=900.0)
        make_website(db, name="New")

    run_in_session(check)

    told = (await client.get(URL)).json()["items"]

    assert [(one["name"], one["current_status"], one["last_response_time_ms"]) for one in told] == [
        ("Down", "DOWN", None),
        ("Slow", "DEGRADED", 900.0),
        ("New", None, None),
    ]
    assert [one["last_checked_at"] for one in told][1:] == ["2026-03-01T12:00:00Z", None]


async def test_a_search_ignores_case(client: httpx.AsyncClient) -> None:
    await add(client, name="Übersicht Магазин")

    for words in ("übersicht", "ÜBERSICHT", "МАГАЗИН"):
        assert (await client.get(URL, params={"q": words})).json()["total"] == 1
        assert (await client.get("/api/v1/search", params={"q": words})).json()["total"] == 1


async def test_a_status_filter_ignores_case(client: httpx.AsyncClient) -> None:
    website_id = await add(client)
    run_in_session(lambda db: make_check(db, db.get_one(Website, website_id), status=MonitorStatus.DOWN))

    found = [(await client.get(f"{URL}/{website_id}/checks?status={name}")).json() for name in ("DOWN", "down", "Up")]

    assert [one["total"] for one in found] == [1, 1, 0]
    assert (await client.get(f"{URL}/{website_id}/checks?status=downn")).status_code == 422


async def test_an_unknown_device_is_refused_before_a_session_needs_it(client: httpx.AsyncClient) -> None:
    unknown = {"session_defaults": {"device": "iPhone 1"}}
    made = await client.post(URL, json={"url": "https://a.example", "session_defaults": {"device": "Pixel 7"}})

    answers = [
        await client.post(URL, json={"url": "https://b.example"} | unknown),
        await client.patch(f"{URL}/{made.json()['id']}", json=unknown),
    ]

    assert made.status_code == 201
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json()["detail"].startswith("There is no device 'iPhone 1'; there are, for example,")
