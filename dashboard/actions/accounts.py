"""Lets administrators add, change, reset and delete accounts, and read the audit log."""

from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts import manage
from core.accounts.actor import Permission
from core.database import in_session
from core.models import User
from core.schemas import AuditEventRead, UserCreate, UserRead, UserUpdate
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD
from core.services.rows import require_row
from dashboard.audit import note
from dashboard.current_actor import require

MAX_SIGN_INS = 10_000  # sign-ins of one account


def read(user: User) -> UserRead:
    """Return *user* as the schema for callers outside, without secrets."""
    return UserRead.model_validate(user).model_copy(update={"has_two_step": user.totp_secret is not None})


async def listed(skip: int = 0, limit: int = 50) -> tuple[list[UserRead], int]:
    """Return accounts by name, and the number of all accounts."""
    require(Permission.ADMINISTER)
    users, total = await in_session(UserCRUD.get_all, skip, limit)
    return [read(user) for user in users], total


async def get(user_id: int) -> UserRead:
    """Return one account.

    Raises:
        NotFound: The account does not exist.
    """
    require(Permission.ADMINISTER)
    return read(await in_session(require_row, User, user_id))


async def add(fields: dict[str, Any]) -> UserRead:
    """Add an account.

    Args:
        fields: The fields of `UserCreate`.

    Raises:
        InvalidInput: A field is invalid, or the password is too easy to guess.
        AlreadyExists: An account with this name exists.
    """
    actor = require(Permission.ADMINISTER)
    data = UserCreate.checked(fields)
    return read(await manage.add(actor, data))


async def change(user_id: int, fields: dict[str, Any]) -> UserRead:
    """Change the given fields of `UserUpdate`. The account's open pages reload.

    Raises:
        NotFound: The account does not exist.
        InvalidInput: A field is invalid, or no administrator would be left.
        AlreadyExists: Another account has the name.
    """
    require(Permission.ADMINISTER)
    data = UserUpdate.checked(fields)
    user, sign_in_ids = await in_session(_update, user_id, data)
    close(sign_in_ids)
    return read(user)


async def remove(user_id: int) -> None:
    """Delete an account with its tokens, and sign it out everywhere.

    Raises:
        NotFound: The account does not exist.
        InvalidInput: No administrator would be left.
    """
    require(Permission.ADMINISTER)
    close(await in_session(_remove, user_id))


async def reset_password(user_id: int, password: str) -> None:
    """Set an account's password and sign the account out everywhere.

    Raises:
        NotFound: The account does not exist.
        InvalidInput: The password is too easy to guess.
    """
    actor = require(Permission.ADMINISTER)
    close(await manage.set_password(actor, user_id, password))


async def reset_two_step(user_id: int) -> None:
    """Turn off two-step sign-in, for somebody who lost the device.

    Raises:
        NotFound: The account does not exist.
    """
    actor = require(Permission.ADMINISTER)
    await in_session(manage.end_two_step, actor, user_id)


async def audit_events(
    skip: int, limit: int, *, actor: str | None, action: str | None
) -> tuple[list[AuditEventRead], int]:
    """Return audit events, newest first, of one *actor* or with actions that start with *action*; and their number."""
    require(Permission.ADMINISTER)
    events, total = await in_session(AuditEventCRUD.get_all, skip, limit, actor=actor, action=action)
    return [AuditEventRead.model_validate(event) for event in events], total


async def older_audit_events(
    after: AuditEventRead | None, limit: int, *, actor: str | None, action: str | None
) -> list[AuditEventRead]:
    """Return the audit events older than *after*, or the newest ones if it is None, without counting all."""
    require(Permission.ADMINISTER)
    than = None if after is None else (after.happened_at, after.id)
    events = await in_session(AuditEventCRUD.get_older, than, limit, actor=actor, action=action)
    return [AuditEventRead.model_validate(event) for event in events]


async def audit_actors() -> list[str]:
    """Return the names of recent actors."""
    require(Permission.ADMINISTER)
    return await in_session(AuditEventCRUD.get_actors)


def close(sign_in_ids: list[int]) -> None:
    """Close the sockets of these sign-ins. Their pages reconnect and get the account's current permissions."""
    for sign_in_id in sign_in_ids:
        signals.sign_in_ended.send(signals.SignInEnded(sign_in_id=sign_in_id))


def _update(db: Session, user_id: int, data: UserUpdate) -> tuple[User, list[int]]:
    user = UserCRUD.update(db, user_id, data)
    changes = data.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    note(db, "user.change", f"user {user.name}", **changes)
    if not user.is_active:
        return user, SignInCRUD.delete_all(db, user_id)
    return user, [sign_in.id for sign_in in SignInCRUD.get_by_user(db, user_id, limit=MAX_SIGN_INS)[0]]


def _remove(db: Session, user_id: int) -> list[int]:
    user = require_row(db, User, user_id)
    note(db, "user.delete", f"user {user.name}")
    sign_in_ids = SignInCRUD.delete_all(db, user_id)
    UserCRUD.delete(db, user_id)
    return sign_in_ids
