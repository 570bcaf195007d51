"""/api/v1/me, users, tokens and audit-events: accounts, permissions and the audit log."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, SecretStr

from core.schemas import (
    ApiTokenCreate,
    ApiTokenListResponse,
    ApiTokenRead,
    AuditEventListResponse,
    UserCreate,
    UserListResponse,
    UserRead,
    UserUpdate,
)
from core.schemas.base import ListResponse, Schema, UtcInstant
from dashboard.actions import accounts, own_account
from dashboard.api.noun_router import noun_router
from dashboard.api.paging import Paging
from dashboard.current_actor import current_actor
from dashboard.url_numbers import Id

router = noun_router("accounts")

BATCH = 500  # audit events read per query
Password = Annotated[SecretStr, Field(max_length=512)]


class MeRead(Schema):
    """The current account and its permissions."""

    name: str
    """The name in the audit log."""
    user_id: int | None
    permissions: list[str]


class SignInRead(Schema):
    """A browser that is signed in."""

    id: int
    created_at: UtcInstant
    last_seen_at: UtcInstant
    expires_at: UtcInstant
    address: str | None
    user_agent: str | None


class SignInListResponse(ListResponse[SignInRead]):
    pass


class PasswordChange(Schema):
    present: Password
    new: Password


class PasswordReset(Schema):
    password: Password


class ApiTokenMade(ApiTokenRead):
    """A new token with its secret, which only this response contains."""

    token: str


@router.get("/me")
async def get_me() -> MeRead:
    """Return the current account."""
    actor = current_actor()
    return MeRead(name=actor.name, user_id=actor.user_id, permissions=sorted(actor.permissions))


@router.put("/me/password", status_code=204)
async def change_own_password(data: PasswordChange) -> None:
    """Change your password. All your other sign-ins end."""
    await own_account.change_password(data.present.get_secret_value(), data.new.get_secret_value())


@router.get("/me/sign-ins")
async def list_own_sign_ins() -> SignInListResponse:
    """List your sign-ins, most recently seen first."""
    account = await own_account.load()
    items = [SignInRead.model_validate(item) for item in account.sign_ins]
    return SignInListResponse(items=items, total=len(items), page_size=max(len(items), 1))


@router.delete("/me/sign-ins/{sign_in_id}", status_code=204)
async def end_own_sign_in(sign_in_id: Id) -> None:
    """Sign out one of your browsers."""
    await own_account.end_sign_in(sign_in_id)


@router.get("/users")
async def list_users(paging: Paging) -> UserListResponse:
    """List accounts by name."""
    items, total = await accounts.listed(paging.skip, paging.page_size)
    return paging.of(UserListResponse, items, total)


@router.post("/users", status_code=201)
async def add_user(data: UserCreate, response: Response) -> UserRead:
    """Add an account."""
    user = await accounts.add(data.model_dump())
    response.headers["Location"] = f"/api/v1/users/{user.id}"
    return user


@router.get("/users/{user_id}")
async def get_user(user_id: Id) -> UserRead:
    """Return an account."""
    return await accounts.get(user_id)


@router.patch("/users/{user_id}")
async def change_user(user_id: Id, data: UserUpdate) -> UserRead:
    """Change an account's name or role. ``{"is_active": false}`` disables it and signs it out everywhere."""
    return await accounts.change(user_id, data.model_dump(exclude_unset=True))


@router.put("/users/{user_id}/password", status_code=204)
async def reset_user_password(user_id: Id, data: PasswordReset) -> None:
    """Set an account's password. It is signed out everywhere."""
    await accounts.reset_password(user_id, data.password.get_secret_value())


@router.delete("/users/{user_id}/two-step", status_code=204)
async def reset_user_two_step(user_id: Id) -> None:
    """Turn off an account's two-step sign-in."""
    await accounts.reset_two_step(user_id)


@router.delete("/users/{user_id}", status_code=204)
async def remove_user(user_id: Id) -> None:
    """Delete an account with its tokens."""
    await accounts.remove(user_id)


@router.get("/tokens")
async def list_tokens(paging: Paging) -> ApiTokenListResponse:
    """List your tokens, newest first."""
    items, total = await own_account.tokens(paging.skip, paging.page_size)
    return paging.of(ApiTokenListResponse, items, total)


@router.post("/tokens", status_code=201)
async def make_token(data: ApiTokenCreate) -> ApiTokenMade:
    """Create a token. Only this response contains it."""
    made = await own_account.mint(data.model_dump())
    return ApiTokenMade(**made.token.model_dump(), token=made.secret)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: Id) -> None:
    """Delete one of your tokens. Administrators can delete any token."""
    await own_account.revoke(token_id)


@router.get("/audit-events")
async def list_audit_events(
    paging: Paging,
    actor: Annotated[str | None, Query(max_length=320)] = None,
    action: Annotated[str | None, Query(max_length=64, description="For example website or website.add.")] = None,
) -> AuditEventListResponse:
    """List audit events, newest first."""
    items, total = await accounts.audit_events(paging.skip, paging.page_size, actor=actor, action=action)
    return paging.of(AuditEventListResponse, items, total)


@router.get("/audit-events.jsonl", response_class=Response, responses={200: {"content": {"application/jsonl": {}}}})
async def export_audit_events(
    actor: Annotated[str | None, Query(max_length=320)] = None,
    action: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """Export audit events as JSON lines."""
    first = await accounts.older_audit_events(None, BATCH, actor=actor, action=action)

    async def lines() -> AsyncIterator[str]:
        batch = first
        while batch:
            for event in batch:
                yield event.model_dump_json() + "\n"
            batch = await accounts.older_audit_events(batch[-1], BATCH, actor=actor, action=action)

    headers = {"Content-Disposition": 'attachment; filename="audit-log.jsonl"'}
    return StreamingResponse(lines(), media_type="application/jsonl", headers=headers)
