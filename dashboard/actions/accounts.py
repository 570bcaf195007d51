"""What administrators do to accounts: add, change, reset and delete them, and read what was done by whom."""

from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.accounts import manage
from core.accounts.actor import Permission
from core.database import in_session
from core.errors import there
from core.models import User
from core.schemas import AuditEventRead, UserCreate, UserRead, UserUpdate
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD
from dashboard.audit import note
from dashboard.current_actor import require

MOST = 10_000  # sign-ins of one account


def read(user: User) -> UserRead:
    """An account for whoever is outside; its secrets stay."""
    return UserRead.model_validate(user).model_copy(update={"has_two_step": user.totp_secret is not None})


async def listed(skip: int = 0, limit: int = 50) -> tuple[list[UserRead], int]:
    """Accounts by name, and how many there are.

    Raises:
        NotAllowed: Who acts is no administrator.
    """
    require(Permission.ADMINISTER)
    users, total = await in_session(UserCRUD.get_all, skip, limit)
    return [read(user) for user in users], total


async def get(user_id: int) -> UserRead:
    """One account.

    Raises:
        NotAllowed: Who acts is no administrator.
        NotFound: There is no such account.
    """
    require(Permission.ADMINISTER)
    return read(await in_session(_there, user_id))


async def add(given: dict[str, Any]) -> UserRead:
    """Add an account.

    Args:
        given: The fields of `UserCreate`.

    Raises:
        NotAllowed: Who acts is no administrator.
        InvalidInput: A field cannot be used, or the password would be guessed.
        AlreadyExists: There is an account of this name.
    """
    actor = require(Permission.ADMINISTER)
    data = UserCreate.checked(given)
    return read(await manage.add(actor, data))


async def change(user_id: int, given: dict[str, Any]) -> UserRead:
    """Change the fields of `UserUpdate` that are *given*; open pages of the account follow at once.

    Raises:
        NotAllowed: Who acts is no administrator.
        NotFound: There is no such account.
        InvalidInput: A field cannot be used, or no administrator would be left.
        AlreadyExists: Another account has the name.
    """
    require(Permission.ADMINISTER)
    data = UserUpdate.checked(given)
    user, sign_in_ids = await in_session(_update, user_id, data)
    close(sign_in_ids)
    return read(user)


async def remove(user_id: int) -> None:
    """Delete an account with its tokens, and sign it out everywhere.

    Raises:
        NotAllowed: Who acts is no administrator.
        NotFound: There is no such account.
        InvalidInput: No administrator would be left.
    """
    require(Permission.ADMINISTER)
    close(await in_session(_remove, user_id))


async def reset_password(user_id: int, password: str) -> None:
    """Give an account another password, and sign it out everywhere.

    Raises:
        NotAllowed: Who acts is no administrator.
        NotFound: There is no such account.
        InvalidInput: The password would be guessed.
    """
    actor = require(Permission.ADMINISTER)
    close(await manage.set_password(actor, user_id, password))


async def reset_two_step(user_id: int) -> None:
    """Turn two-step sign-in off for somebody who lost the device.

    Raises:
        NotAllowed: Who acts is no administrator.
        NotFound: There is no such account.
    """
    actor = require(Permission.ADMINISTER)
    await in_session(manage.end_two_step, actor, user_id)


async def audit_events(
    skip: int, limit: int, *, actor: str | None, action: str | None
) -> tuple[list[AuditEventRead], int]:
    """Lines of the audit log, newest first; of one *actor*, or whose action starts with *action*.

    Raises:
        NotAllowed: Who acts is no administrator.
    """
    require(Permission.ADMINISTER)
    events, total = await in_session(AuditEventCRUD.get_all, skip, limit, actor=actor, action=action)
    return [AuditEventRead.model_validate(event) for event in events], total


async def older_audit_events(
    after: AuditEventRead | None, limit: int, *, actor: str | None, action: str | None
) -> list[AuditEventRead]:
    """The same lines *after* one of them, or the first, uncounted.

    Raises:
        NotAllowed: Who acts is no administrator.
    """
    require(Permission.ADMINISTER)
    than = None if after is None else (after.happened_at, after.id)
    events = await in_session(AuditEventCRUD.get_older, than, limit, actor=actor, action=action)
    return [AuditEventRead.model_validate(event) for event in events]


async def audit_actors() -> list[str]:
    """Who did anything lately, by name.

    Raises:
        NotAllowed: Who acts is no administrator.
    """
    require(Permission.ADMINISTER)
    return await in_session(AuditEventCRUD.get_actors)


def close(sign_in_ids: list[int]) -> None:
    """Close the sockets of these sign-ins: their pages ask again, as whoever they are by now."""
    for sign_in_id in sign_in_ids:
        signals.sign_in_ended.send(signals.SignInEnded(sign_in_id=sign_in_id))


def _update(db: Session, user_id: int, data: UserUpdate) -> tuple[User, list[int]]:
    user = there(UserCRUD.update(db, user_id, data), f"account {user_id}")
    changes = data.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    note(db, "user.change", f"user {user.name}", **changes)
    if not user.is_active:
        return user, SignInCRUD.delete_all(db, user_id)
    return user, [sign_in.id for sign_in in SignInCRUD.get_by_user(db, user_id, limit=MOST)[0]]


def _remove(db: Session, user_id: int) -> list[int]:
    user = _there(db, user_id)
    note(db, "user.delete", f"user {user.name}")
    sign_in_ids = SignInCRUD.delete_all(db, user_id)
    UserCRUD.delete(db, user_id)
    return sign_in_ids


def _there(db: Session, user_id: int) -> User:
    return there(UserCRUD.get_by_id(db, user_id), f"account {user_id}")
