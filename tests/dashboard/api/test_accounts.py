"""Accounts, tokens and the audit log through the API, and that nobody may do more than their role allows."""

import json

import httpx
import pytest
from sqlalchemy.orm import Session

from core.accounts import passwords
from core.accounts.tokens import token_hash
from core.clock import utc_now
from core.database import run_in_session
from core.models import Role
from core.schemas import ApiTokenCreate, Scope
from core.services import ApiTokenCRUD, SignInCRUD, UserCRUD
from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN

V1 = "/api/v1"
GOOD = "a heron in the reeds"
SIGNED_IN = {"authorization": "", "cookie": f"{COOKIE}={COOKIE_TOKEN}"}


def token_of(role: Role, scopes: list[Scope]) -> dict[str, str]:
    """The header of a request with a token of an account in *role*."""

    def make(db: Session) -> str:
        user = UserCRUD.create(db, name=f"user-{role}-{len(scopes)}".lower(), role=role)
        secret = f"ww_{user.name}"
        ApiTokenCRUD.create(db, user.id, ApiTokenCreate(name="t", scopes=scopes), token_hash(secret))
        return secret

    return {"authorization": f"Bearer {run_in_session(make)}"}


async def test_me_lists_the_permissions(client: httpx.AsyncClient) -> None:
    reader = await client.get(f"{V1}/me", headers=token_of(Role.ADMINISTRATOR, [Scope.READ]))
    person = await client.get(f"{V1}/me", headers=SIGNED_IN)

    assert reader.json()["permissions"] == ["read"]
    assert person.json()["permissions"] == ["administer", "debug", "read", "write"]


async def test_an_administrator_adds_changes_and_deletes_accounts(client: httpx.AsyncClient) -> None:
    added = await client.post(f"{V1}/users", headers=SIGNED_IN, json={"name": "Grace", "password": GOOD})
    user_id = added.json()["id"]
    changed = await client.patch(f"{V1}/users/{user_id}", headers=SIGNED_IN, json={"role": "EDITOR"})
    listed = await client.get(f"{V1}/users", headers=SIGNED_IN)
    deleted = await client.delete(f"{V1}/users/{user_id}", headers=SIGNED_IN)
    gone = await client.get(f"{V1}/users/{user_id}", headers=SIGNED_IN)

    assert (added.status_code, added.json()["name"], added.json()["role"]) == (201, "grace", "VIEWER")
    assert (changed.status_code, changed.json()["role"]) == (200, "EDITOR")
    assert [user["name"] for user in listed.json()["items"]] == ["ada", "grace"]
    assert (deleted.status_code, gone.status_code) == (204, 404)
    assert not {"password", "password_hash", "totp_secret"} & set(added.json())


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"name": "grace", "password": ""}, "password is required."),
        ({"name": "grace", "password": "short"}, "The password must have at least 10 characters."),
        ({"name": "gr ace", "password": GOOD}, "An account's name must not contain spaces or control characters"),
        ({"name": "ada", "password": GOOD}, "An account"),
    ],
    ids=["empty", "weak", "name", "taken"],
)
async def test_an_invalid_account_is_refused_with_a_sentence(
    client: httpx.AsyncClient, body: dict[str, str], sentence: str
) -> None:
    answer = await client.post(f"{V1}/users", headers=SIGNED_IN, json=body)

    assert answer.status_code in (409, 422)
    assert answer.json()["detail"].startswith(sentence)


async def test_the_last_administrator_cannot_be_removed(client: httpx.AsyncClient) -> None:
    me = (await client.get(f"{V1}/me", headers=SIGNED_IN)).json()["user_id"]

    demoted = await client.patch(f"{V1}/users/{me}", headers=SIGNED_IN, json={"role": "VIEWER"})
    deleted = await client.delete(f"{V1}/users/{me}", headers=SIGNED_IN)

    assert (demoted.status_code, deleted.status_code) == (422, 422)
    assert (await client.get(f"{V1}/users", headers=SIGNED_IN)).status_code == 200


async def test_a_new_password_ends_all_other_sign_ins(client: httpx.AsyncClient) -> None:
    def add(db: Session) -> None:
        user = UserCRUD.get_by_name(db, "ada")
        assert user is not None
        user.password_hash = passwords.hashed(GOOD)
        later = utc_now().replace(year=utc_now().year + 1)
        SignInCRUD.create(db, user_id=user.id, token_hash=token_hash("elsewhere"), expires_at=later)

    run_in_session(add)
    elsewhere = {"authorization": "", "cookie": f"{COOKIE}=elsewhere"}
    assert (await client.get(f"{V1}/me", headers=elsewhere)).status_code == 200

    body = {"present": GOOD, "new": "seven quiet otters swim"}
    wrong = await client.put(f"{V1}/me/password", headers=SIGNED_IN, json=body | {"present": "not it, surely"})
    right = await client.put(f"{V1}/me/password", headers=SIGNED_IN, json=body)

    assert (wrong.status_code, right.status_code) == (422, 204)
    assert (await client.get(f"{V1}/me", headers=elsewhere)).status_code == 401
    assert (await client.get(f"{V1}/me", headers=SIGNED_IN)).status_code == 200


async def test_a_token_is_shown_once_and_works_until_it_is_revoked(client: httpx.AsyncClient) -> None:
    made = await client.post(f"{V1}/tokens", headers=SIGNED_IN, json={"name": "ci", "scopes": ["read"]})
    secret = {"authorization": f"Bearer {made.json()['token']}"}
    works = await client.get(f"{V1}/websites", headers=secret)
    listed = await client.get(f"{V1}/tokens", headers=SIGNED_IN)
    revoked = await client.delete(f"{V1}/tokens/{made.json()['id']}", headers=SIGNED_IN)

    assert (made.status_code, works.status_code, revoked.status_code) == (201, 200, 204)
    assert made.json()["token"] not in listed.text
    assert (await client.get(f"{V1}/websites", headers=secret)).status_code == 401


async def test_a_token_cannot_create_another_token(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        f"{V1}/tokens", headers=token_of(Role.ADMINISTRATOR, list(Scope)), json={"name": "more", "scopes": ["write"]}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["users", "audit-events", "audit-events.jsonl"])
async def test_no_token_sees_accounts_and_the_log(client: httpx.AsyncClient, path: str) -> None:
    for role in (Role.EDITOR, Role.ADMINISTRATOR):
        answer = await client.get(f"{V1}/{path}", headers=token_of(role, list(Scope)))

        assert answer.status_code == 403
        assert answer.json()["detail"] == "An API token cannot do this. Sign in to the dashboard."


async def test_somebody_elses_token_cannot_be_revoked(client: httpx.AsyncClient) -> None:
    def make(db: Session) -> int:
        user = UserCRUD.create(db, name="grace", role=Role.EDITOR)
        later = utc_now().replace(year=utc_now().year + 1)
        SignInCRUD.create(db, user_id=user.id, token_hash=token_hash("grace's"), expires_at=later)
        ada = UserCRUD.get_by_name(db, "ada")
        assert ada is not None
        return ApiTokenCRUD.get_all(db, ada.id)[0][0].id

    of_ada = run_in_session(make)

    answer = await client.delete(f"{V1}/tokens/{of_ada}", headers={"authorization": "", "cookie": f"{COOKIE}=grace's"})

    assert answer.status_code == 404


async def test_the_log_records_action_actor_and_address(client: httpx.AsyncClient) -> None:
    website = (await client.post(f"{V1}/websites", json={"url": "https://shop.example"})).json()["id"]
    await client.patch(f"{V1}/websites/{website}", json={"name": "Shop"})
    await client.delete(f"{V1}/websites/{website}")

    log = (await client.get(f"{V1}/audit-events?action=website", headers=SIGNED_IN)).json()["items"]
    lines = (await client.get(f"{V1}/audit-events.jsonl?action=website", headers=SIGNED_IN)).text.splitlines()

    assert [event["action"] for event in log] == ["website.delete", "website.change", "website.add"]
    assert {event["actor"] for event in log} == {"token tests of ada"}
    assert log[1]["details"] == {"fields": ["name"]}
    assert all(event["address"] for event in log)
    assert [json.loads(line)["id"] for line in lines] == [event["id"] for event in log]


async def test_a_long_log_is_exported_completely(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.api.accounts.BATCH", 2)
    for number in range(5):
        await client.post(f"{V1}/websites", json={"url": f"https://{number}.example"})

    log = (await client.get(f"{V1}/audit-events?action=website", headers=SIGNED_IN)).json()["items"]
    lines = (await client.get(f"{V1}/audit-events.jsonl?action=website", headers=SIGNED_IN)).text.splitlines()

    assert len(lines) == 5
    assert [json.loads(line)["id"] for line in lines] == [event["id"] for event in log]


async def test_a_debug_token_cannot_change_a_website(client: httpx.AsyncClient) -> None:
    headers = token_of(Role.EDITOR, [Scope.DEBUG])

    answer = await client.post(f"{V1}/websites", headers=headers, json={"url": "https://shop.example"})

    assert answer.status_code == 403
    assert (
        answer.json()["detail"] == "Changing this needs the permission to write, which token t of user-editor-1 lacks."
    )
