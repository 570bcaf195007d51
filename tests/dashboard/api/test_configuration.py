"""The configuration as one document through the API."""

import httpx

from core.accounts.tokens import token_hash
from core.database import in_session, session_scope
from core.models import Role
from core.schemas import ApiTokenCreate, Scope
from core.services import ApiTokenCRUD, AuditEventCRUD, UserCRUD

DOCUMENT = {"name": "team", "websites": [{"url": "https://a.example/", "tags": ["shop"]}]}


async def test_a_document_is_dry_run_applied_and_exported(client: httpx.AsyncClient) -> None:
    tried = await client.put("/api/v1/configuration", params={"dry_run": True}, json=DOCUMENT)
    done = await client.put("/api/v1/configuration", json=DOCUMENT)
    again = await client.put("/api/v1/configuration", json=DOCUMENT)
    given = await client.get("/api/v1/configuration", params={"name": "team"})

    assert tried.json()["is_applied"] is False
    assert [step["action"] for step in done.json()["steps"]] == ["add"]
    assert again.json()["steps"] == []
    assert given.json()["websites"] == [{"url": "https://a.example/", "name": "a.example", "tags": ["shop"]}]
    website = (await client.get("/api/v1/websites/1")).json()
    assert website["managed_by"] == "team"
    events, _total = await in_session(AuditEventCRUD.get_all)
    assert [event.action for event in events] == ["website.add"]


async def test_every_error_has_a_pointer(client: httpx.AsyncClient) -> None:
    wrong = {"websites": [{"url": "ftp://a.example"}], "rules": [{"name": "x"}]}

    answer = await client.put("/api/v1/configuration", json=wrong)
    missing = await client.put("/api/v1/configuration", json={"rules": [{"name": "x", "channel": "nobody"}]})

    assert answer.status_code == missing.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/websites/0/url", "/rules/0/channel"]
    assert [one["pointer"] for one in missing.json()["errors"]] == ["/rules/0/channel"]


async def test_a_read_token_may_dry_run_but_not_apply(client: httpx.AsyncClient) -> None:
    with session_scope() as db:
        user = UserCRUD.create(db, name="grace", role=Role.EDITOR)
        ApiTokenCRUD.create(db, user.id, ApiTokenCreate(name="forks", scopes=[Scope.READ]), token_hash("ww_reads"))
    reading = {"Authorization": "Bearer ww_reads"}

    tried = await client.put("/api/v1/configuration", params={"dry_run": True}, json=DOCUMENT, headers=reading)
    refused = [
        await client.put("/api/v1/configuration", params=query, json=DOCUMENT, headers=reading)
        for query in ({}, {"dry_run": False}, {"dry_run": ["true", "false"]})
    ]

    assert (tried.status_code, [step["action"] for step in tried.json()["steps"]]) == (200, ["add"])
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert (await client.get("/api/v1/websites")).json()["total"] == 0
