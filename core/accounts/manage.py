"""Creates accounts and changes their passwords and two-step sign-in, and ends sign-ins that become invalid."""

import asyncio

from sqlalchemy.orm import Session

from core.accounts import passwords, totp
from core.accounts.actor import Actor
from core.clock import utc_now
from core.database import in_session
from core.errors import AlreadyExists, InvalidInput, NotAllowed
from core.models import Role, User
from core.schemas import UserCreate
from core.sealing import Sealer
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD
from core.services.rows import require_row


async def add(actor: Actor, data: UserCreate) -> User:
    """Create an account with a password.

    Raises:
        InvalidInput: The password is too easy to guess, or the first account is no administrator.
        AlreadyExists: There is an account with this name.
    """
    password_hash = await _validated_hash(data)

    def work(db: Session) -> User:
        if data.role is not Role.ADMINISTRATOR and not UserCRUD.are_there(db):
            raise InvalidInput.of("role", "The first account must be an administrator.")
        user = UserCRUD.create(db, name=data.name, role=data.role, password_hash=password_hash)
        _audit(db, actor, "user.add", user, role=data.role)
        return user

    return await in_session(work)


async def add_first(data: UserCreate, address: str | None) -> User:
    """Create the first account, an administrator; of several concurrent calls, one succeeds.

    Raises:
        AlreadyExists: There is an account already.
        InvalidInput: The password is too easy to guess.
    """
    password_hash = await _validated_hash(data)

    def work(db: Session) -> User:
        UserCRUD.wait_for_others(db)
        if UserCRUD.are_there(db):
            raise AlreadyExists("An administrator already exists. Sign in.")
        user = UserCRUD.create(db, name=data.name, role=Role.ADMINISTRATOR, password_hash=password_hash)
        AuditEventCRUD.create(db, actor=f"user {data.name}", action="user.add_first", address=address)
        return user

    return await in_session(work)


async def set_password(actor: Actor, user_id: int, password: str, *, keep: int | None = None) -> list[int]:
    """Change an account's password and sign it out everywhere except for the sign-in *keep*.

    With *keep*, the password only changes if that sign-in has not ended meanwhile.

    Returns:
        The ids of the ended sign-ins.

    Raises:
        NotFound: There is no such account.
        InvalidInput: The password is too easy to guess.
        NotAllowed: The sign-in *keep* has ended.
    """
    user = await in_session(require_row, User, user_id)
    password_hash = await asyncio.to_thread(_checked_hash, password, user.name)

    def work(db: Session) -> list[int]:
        user = require_row(db, User, user_id, is_locked=True)
        if keep is not None and not SignInCRUD.is_there(db, user_id, keep):
            raise NotAllowed("Your sign-in has ended. Sign in again.")
        user.password_hash = password_hash
        _audit(db, actor, "user.password", user)
        return SignInCRUD.delete_all(db, user_id, but_for=keep)

    return await in_session(work)


def start_two_step(db: Session, actor: Actor, user_id: int, *, secret: str, code: str, sealer: Sealer) -> list[str]:
    """Turn two-step sign-in on if *code* proves that the authenticator has *secret*; returns the recovery codes.

    Raises:
        InvalidInput: The code does not match the secret.
        NotFound: There is no such account.
    """
    user = require_row(db, User, user_id)
    step = totp.accepted_step(secret, code, utc_now(), None)
    if step is None:
        raise InvalidInput.of("code", "Incorrect code. Check that your device's clock is correct.")
    codes = totp.new_recovery_codes()
    user.totp_secret, user.totp_used_step = sealer.seal(secret), step
    user.recovery_codes = [totp.recovery_hash(recovery) for recovery in codes]
    _audit(db, actor, "user.two_step_on", user)
    return codes


def end_two_step(db: Session, actor: Actor, user_id: int) -> None:
    """Turn two-step sign-in off.

    Raises:
        NotFound: There is no such account.
    """
    user = require_row(db, User, user_id)
    user.totp_secret = user.totp_used_step = user.recovery_codes = None
    _audit(db, actor, "user.two_step_off", user)


async def _validated_hash(data: UserCreate) -> str:
    password = data.password.get_secret_value() if data.password else ""
    return await asyncio.to_thread(_checked_hash, password, data.name)


def _checked_hash(password: str, name: str) -> str:
    passwords.check(password, name=name)
    return passwords.hashed(password)


def _audit(db: Session, actor: Actor, action: str, user: User, **details: object) -> None:
    AuditEventCRUD.create(
        db, actor=actor.name, action=action, subject=f"user {user.name}", address=actor.address, details=details or None
    )
