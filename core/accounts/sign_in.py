"""Signs people in with a name, a password and, with two-step sign-in, a code; failures slow down further attempts.

Passwords are verified on a worker thread and outside of transactions, because hashing takes long.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from core.accounts import passwords, throttle, totp
from core.accounts.tokens import new_token, token_hash
from core.clock import utc_now
from core.database import in_session
from core.errors import SignInRefused
from core.models import SignIn, User
from core.sealing import Sealer
from core.services import AuditEventCRUD, SignInCRUD, SignInFailureCRUD, UserCRUD
from core.services.rows import require_row

STAYS_SIGNED_IN = timedelta(days=30)  # after the browser's last visit
STAYS_VOUCHED_FOR = timedelta(hours=24)  # after signing in: a person who leaves the provider loses access here too
CODE_WITHIN = timedelta(minutes=5)
REFUSED = "Incorrect name or password."


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """The browser that signs in."""

    address: str | None
    user_agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The content of the browser's cookie."""

    token: str
    needs_code: bool
    """Whether the token is useless until `enter_code` has accepted a code."""


async def sign_in(name: str, password: str, visitor: Visitor) -> SignedIn:
    """Sign in with a password.

    Raises:
        SignInRefused: Name and password do not match, or there were too many recent failures; the message says how
            long to wait.
    """
    name = name.strip().lower().replace("\0", "\N{REPLACEMENT CHARACTER}")[:255]  # PostgreSQL takes no NUL
    user = await in_session(_begin_attempt, name, visitor)
    is_right = await asyncio.to_thread(passwords.verifies, password, user.password_hash if user else None)
    if user is None or not is_right or not user.is_active:
        await in_session(_refuse, name, visitor, _failure_reason(user, is_right=is_right))
        raise SignInRefused(REFUSED)
    fresh = await asyncio.to_thread(_fresh_hash, password, user.password_hash)
    return await in_session(_finish_sign_in, user, visitor, fresh)


async def confirm(user_id: int, password: str, visitor: Visitor) -> bool:
    """Whether *password* is the account's present one; asked again before important changes, and limited like sign-ins.

    Raises:
        SignInRefused: There were too many recent failures; the message says how long to wait.
        NotFound: There is no such account.
    """
    user = await in_session(require_row, User, user_id)
    await in_session(_begin_attempt, user.name, visitor)
    if not await asyncio.to_thread(passwords.verifies, password, user.password_hash):
        await in_session(_refuse, user.name, visitor, "current password")
        return False
    await in_session(_clear_failures, user.name, visitor)
    return True


async def enter_code(token: str, code: str, visitor: Visitor, sealer: Sealer) -> SignedIn:
    """Finish a two-step sign-in with *code* from the authenticator, or with a recovery code, which is then used up.

    Returns:
        A new token; the one of the first step becomes invalid.

    Raises:
        SignInRefused: The code is wrong, or the first step was too long ago.
    """
    pending = await in_session(_pending, token)
    if pending is None:
        raise SignInRefused("The sign-in expired. Sign in again.")
    await in_session(_begin_attempt, pending.user.name, visitor)
    signed_in = await in_session(_take_code, pending.id, code, visitor, sealer)
    if signed_in is None:
        await in_session(_refuse, pending.user.name, visitor, "code")
        raise SignInRefused("The code is incorrect or was already used.")
    return signed_in


def open_sign_in(
    db: Session, user: User, visitor: Visitor, *, needs_code: bool = False, by: str | None = None
) -> SignedIn:
    """Create a sign-in for an authenticated *user*, logged once no code is needed; *by* is the provider, if any."""
    token, now = new_token(), utc_now()
    SignInCRUD.create(
        db,
        user_id=user.id,
        token_hash=token_hash(token),
        expires_at=now + (CODE_WITHIN if needs_code else lifetime(user)),
        needs_code=needs_code,
        address=visitor.address,
        user_agent=visitor.user_agent,
    )
    if not needs_code:
        user.last_sign_in_at = now
        _clear_failures(db, user.name, visitor)
        details = {"by": by} if by else None
        AuditEventCRUD.create(db, actor=f"user {user.name}", action="sign_in", address=visitor.address, details=details)
    SignInCRUD.delete_expired(db, now)
    return SignedIn(token=token, needs_code=needs_code)


def lifetime(user: User) -> timedelta:
    """Return how long *user* stays signed in; with an account of a provider, at most a day."""
    return STAYS_SIGNED_IN if user.oidc_subject is None else STAYS_VOUCHED_FOR


def _subjects(name: str, visitor: Visitor) -> list[str]:
    place = throttle.place_of(visitor.address) if visitor.address else None
    return [f"user:{name}", *([f"address:{place}"] if place else [])]


def _begin_attempt(db: Session, name: str, visitor: Visitor) -> User | None:
    """Count the attempt as failed before verifying it, so that parallel attempts cannot bypass the throttle."""
    for subject in _subjects(name, visitor):
        row = SignInFailureCRUD.lock(db, subject, utc_now())
        now = utc_now()  # a parallel attempt, for which the lock waited, may have been counted since
        failures = 0 if row is None or throttle.is_forgotten(row.last_failed_at, now) else row.failures
        if row is not None and failures:
            wait = (throttle.allowed_at(subject, failures, row.last_failed_at) - now).total_seconds()
            if wait > 0:
                raise SignInRefused(f"Too many failed attempts. Try again in {wait:.0f} s.")
        SignInFailureCRUD.set(db, subject, failures + 1, now)
    return UserCRUD.get_by_name(db, name)


def _clear_failures(db: Session, name: str, visitor: Visitor) -> None:
    """Clear the account's failures after a success, and subtract this attempt from the address's failures."""
    for subject in _subjects(name, visitor):
        row = SignInFailureCRUD.get(db, subject)
        if row is not None:
            left = 0 if subject.startswith("user:") else row.failures - 1
            SignInFailureCRUD.set(db, subject, left, row.last_failed_at)


def _failure_reason(user: User | None, *, is_right: bool) -> str:
    """Return what was wrong, for the audit log only: visitors must not learn which names exist or passwords match."""
    if user is None:
        return "name"
    return "account is disabled" if is_right else "password"


def _refuse(db: Session, name: str, visitor: Visitor, what: str) -> None:
    AuditEventCRUD.create(
        db,
        actor="nobody",
        action="sign_in.fail",
        subject=f"user {name}",
        address=visitor.address,
        details={"wrong": what},
    )


def _fresh_hash(password: str, password_hash: str | None) -> str | None:
    return passwords.hashed(password) if password_hash and passwords.is_outdated(password_hash) else None


def _finish_sign_in(db: Session, verified: User, visitor: Visitor, fresh_hash: str | None) -> SignedIn:
    user = UserCRUD.get_locked(db, verified.id)
    if user is None or not user.is_active or user.password_hash != verified.password_hash:
        raise SignInRefused(REFUSED)  # the account was changed while the password was verified
    user.password_hash = fresh_hash or user.password_hash
    return open_sign_in(db, user, visitor, needs_code=user.totp_secret is not None)


def _pending(db: Session, token: str) -> SignIn | None:
    row = SignInCRUD.get_valid(db, token_hash(token), utc_now())
    return row if row is not None and row.needs_code else None


def _take_code(db: Session, sign_in_id: int, code: str, visitor: Visitor, sealer: Sealer) -> SignedIn | None:
    pending = db.get(SignIn, sign_in_id)
    user = UserCRUD.get_locked(db, pending.user_id) if pending else None
    if pending is None or user is None or not user.is_active or not SignInCRUD.is_there(db, user.id, sign_in_id):
        return None  # the account was changed, or signed out everywhere, while its code was entered
    if not _accepts_code(user, code, sealer):
        return None
    db.delete(pending)
    return open_sign_in(db, user, visitor)


def _accepts_code(user: User, code: str, sealer: Sealer) -> bool:
    """Whether *code* is valid for the account; a valid code is used up."""
    if user.totp_secret is None:
        return False
    step = totp.accepted_step(sealer.open(user.totp_secret), code, utc_now(), user.totp_used_step)
    if step is not None:
        user.totp_used_step = step
        return True
    hashed = totp.recovery_hash(code)
    if hashed not in (user.recovery_codes or []):
        return False
    user.recovery_codes = [kept for kept in user.recovery_codes or [] if kept != hashed]
    return True
