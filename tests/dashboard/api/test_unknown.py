"""Unknown parameters and fields are refused; read-only fields of our own answers are accepted."""

from typing import Any

import httpx
import pytest

from core.database import run_in_session
from core.services import WebsiteCRUD
from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN
from tests.factories import make_website, make_window

V1 = "/api/v1"
AS_PERSON = {"Cookie": f"{COOKIE}={COOKIE_TOKEN}", "Authorization": ""}
MADE: dict[str, dict[str, Any]] = {
    "websites": {
        "url": "https://ann:hush@example.org",
        "tags": ["shop"],
        "check_options": {"bearer_token": "hush"},
        "session_defaults": {"extra_headers": {"X-Key": "hush"}},
    },
    "maintenance-windows": {"name": "Night", "starts_at": "2026-01-01T02:00:00Z", "duration_seconds": 3600},
    "notification-channels": {"name": "Chat", "kind": "APPRISE", "address": {"url": "ntfy://ntfy.example.org/a"}},
    "status-pages": {"slug": "shop", "title": "Shop", "password": "hush!"},
    "users": {"name": "ann", "password": "correct horse battery"},
}


@pytest.mark.parametrize(
    ("method", "address", "body", "detail"),
    [
        (
            "POST",
            "websites",
            {"url": "https://a.example", "check_intervall": 5},
            "There is no field check_intervall. Did you mean check_interval?",
        ),
        ("PATCH", "websites/1", {"isActive": False}, "There is no field isActive. Did you mean is_active?"),
        ("PATCH", "websites/1", {"colour": "red"}, "There is no field colour."),
        ("POST", "tokens", {"name": "a", "scope": ["write"]}, "There is no field scope. Did you mean scopes?"),
        ("PUT", "configuration", {"website": []}, "There is no field website. Did you mean websites?"),
        (
            "PUT",
            "configuration",
            {"websites": [{"url": "https://a.example", "intervall": 5}]},
            "There is no field intervall. Did you mean check_interval?",
        ),
        (
            "POST",
            "status-pages",
            {"slug": "shop", "title": "Shop", "groups": [{"nam": "Ours", "website_ids": []}]},
            "There is no field nam. Did you mean name?",
        ),
        ("PUT", "configuration?dryrun=1", {}, "There is no parameter dryrun. Did you mean dry_run?"),
        ("GET", "websites?pageSize=7", None, "There is no parameter pageSize. Did you mean page_size?"),
    ],
)
async def test_a_misspelt_name_is_refused(
    client: httpx.AsyncClient, method: str, address: str, body: Any, detail: str
) -> None:
    answer = await client.request(method, f"{V1}/{address}", json=body, headers=AS_PERSON)

    assert (answer.status_code, answer.json()["detail"]) == (422, detail)


async def test_each_unknown_field_has_a_pointer(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{V1}/websites", json={"url": "https://a.example", "nam": "A", "tag": ["b"]})

    assert [flaw["pointer"] for flaw in answer.json()["errors"]] == ["/nam", "/tag"]


async def test_foreign_query_parameters_are_ignored(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{V1}/websites?_=1764440000&utm_source=mail")).status_code == 200


@pytest.mark.parametrize("noun", MADE)
async def test_a_response_can_be_sent_back(client: httpx.AsyncClient, noun: str) -> None:
    made = await client.post(f"{V1}/{noun}", json=MADE[noun], headers=AS_PERSON)
    address = made.headers["location"]
    before = (await client.get(address, headers=AS_PERSON)).json()

    answer = await client.patch(address, json=before, headers=AS_PERSON)

    assert answer.status_code == 200, answer.text
    after = (await client.get(address, headers=AS_PERSON)).json()
    assert after | {"updated_at": None} == before | {"updated_at": None}


async def test_masked_secrets_stay_when_sent_back(client: httpx.AsyncClient) -> None:
    address = (await client.post(f"{V1}/websites", json=MADE["websites"])).headers["location"]

    await client.patch(address, json=(await client.get(address)).json())

    website = run_in_session(lambda db: WebsiteCRUD.get_by_id(db, 1))
    assert website is not None and website.url == MADE["websites"]["url"]
    assert (website.check_options, website.session_defaults) == (
        MADE["websites"]["check_options"],
        MADE["websites"]["session_defaults"],
    )


async def test_a_downtime_window_can_be_sent_back(client: httpx.AsyncClient) -> None:
    def make(db: Any) -> int:
        return make_window(db, make_website(db), root_cause="The name server is gone.").id

    address = f"{V1}/downtime-windows/{run_in_session(make)}"
    before = (await client.get(address)).json()

    answer = await client.patch(address, json=before | {"notes": "Ann looks."})

    assert answer.status_code == 200
    assert answer.json() | {"updated_at": None} == before | {"updated_at": None, "notes": "Ann looks."}


async def test_the_description_forbids_other_fields(client: httpx.AsyncClient) -> None:
    told = (await client.get("/api/openapi.json")).json()
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"].get("$ref", "").rpartition("/")[2]
        for methods in told["paths"].values()
        for operation in methods.values()
        if "requestBody" in operation
    ]

    schemas = told["components"]["schemas"]
    assert {name for name in bodies if name and schemas[name].get("additionalProperties") is not False} == set()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"url": "https://a.example", "name": "A", "name": "B"}', "name"),
        ('{"url": "https://a.example", "check_options": {"contains": "a", "contains": "b"}}', "contains"),
    ],
    ids=["a field", "a field of a field"],
)
async def test_a_repeated_field_is_refused(client: httpx.AsyncClient, body: str, name: str) -> None:
    answer = await client.post(f"{V1}/websites", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["detail"]) == (422, f"The field {name} is given twice. Remove one.")
    assert run_in_session(WebsiteCRUD.get_all)[1] == 0


async def test_a_request_without_a_body_is_told_so(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{V1}/websites", headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "The request has no body. Send the fields as a JSON object.",
    )
