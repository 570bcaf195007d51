"""Lets people manage their own account: password, two-step sign-in, sign-ins and tokens.

An action that is for people raises `NotAllowed` if the actor is not a signed-in person.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.accounts import manage, sign_in, totp
from core.accounts.actor import Permission
from core.accounts.sign_in import Visitor
from core.accounts.tokens import new_api_token, token_hash
from core.clock import utc_now
from core.config import Settings
from core.database import in_session
from core.errors import InvalidInput, NotAllowed, NotFound, SignInRefused
from core.models import ApiToken, SignIn, User
from core.schemas import ApiTokenCreate, ApiTokenRead
from core.sealing import Sealer
from core.services import ApiTokenCRUD, SignInCRUD
from dashboard.actions.accounts import close
from dashboard.audit import note
from dashboard.current_actor import current_actor

MAX_LISTED = 1_000  # sign-ins or tokens that a page lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's own account, as their page shows it."""

    user: User
    sign_ins: list[SignIn]
    """The most recently seen first."""
    here: int | None
    """The id of the current sign-in."""
    tokens: list[ApiToken]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A new token."""

    token: ApiTokenRead
    secret: str
    """The token itself. It is not stored."""


async def load() -> Account:
    """Return the actor's account."""
    person = _person()
    return await in_session(_load, person)


async def change_password(present: str, new: str) -> None:
    """Change the actor's password, and end all their other sign-ins.

    Raises:
        InvalidInput: *present* is not the password or was tried too often, or *new* is too easy to guess.
    """
    person = _person()
    await _confirm(person.user_id, present)
    close(await manage.set_password(current_actor(), person.user_id, new, keep=person.sign_in_id))


def new_two_step(name: str) -> tuple[str, str]:
    """Return a new authenticator secret and its QR code as SVG. Nothing is stored before a code confirms it."""
    secret = totp.new_secret()
    return secret, totp.picture(secret, name)


async def start_two_step(settings: Settings, *, secret: str, code: str) -> list[str]:
    """Turn on two-step sign-in. Return the recovery codes, which are shown once.

    Raises:
        InvalidInput: *code* does not match the secret.
    """
    person = _person()
    sealer = Sealer.of(settings)
    return await in_session(
        manage.start_two_step, current_actor(), person.user_id, secret=secret, code=code, sealer=sealer
    )


async def end_two_step(password: str) -> None:
    """Turn off two-step sign-in.

    Raises:
        InvalidInput: *password* is not the actor's, or was tried too often.
    """
    person = _person()
    await _confirm(person.user_id, password)
    await in_session(manage.end_two_step, current_actor(), person.user_id)


async def end_sign_in(sign_in_id: int) -> None:
    """End one of the actor's sign-ins.

    Raises:
        NotFound: The actor has no such sign-in.
    """
    person = _person()
    await in_session(_end_sign_in, person.user_id, sign_in_id)
    close([sign_in_id])


async def sign_out_everywhere(*, but_here: bool) -> None:
    """End all sign-ins of the actor, or all but the current one."""
    person = _person()
    close(await in_session(_end_all, person.user_id, but_for=person.sign_in_id if but_here else None))


async def tokens(skip: int, limit: int) -> tuple[list[ApiTokenRead], int]:
    """Return the actor's tokens, newest first, and their number.

    Raises:
        NotAllowed: The actor has no account.
    """
    user_id = current_actor().user_id
    if user_id is None:
        raise NotAllowed(f"Only accounts have tokens, and {current_actor().name} has none.")
    items, total = await in_session(ApiTokenCRUD.get_all, user_id, skip, limit)
    return [ApiTokenRead.model_validate(item) for item in items], total


async def mint(fields: dict[str, Any]) -> NewToken:
    """Create a token for the actor. A token cannot create another, which might get more permissions.

    Raises:
        InvalidInput: A field is invalid.
    """
    person = _person()
    return await in_session(mint_for, person.user_id, token_of(fields))


def token_of(fields: dict[str, Any]) -> ApiTokenCreate:
    """Return the validated fields of `ApiTokenCreate`.

    Raises:
        InvalidInput: A field is invalid, or the expiry is in the past.
    """
    data = ApiTokenCreate.checked(fields)
    if data.expires_at is not None and data.expires_at <= utc_now():
        raise InvalidInput.of("expires_at", "That time is in the past. Enter a future time.")
    return data


def mint_for(db: Session, user_id: int, data: ApiTokenCreate) -> NewToken:
    """Create a token for the account *user_id*."""
    secret = new_api_token()
    token = ApiTokenCRUD.create(db, user_id, data, token_hash(secret))
    note(db, "token.create", f"token {data.name}", scopes=[str(scope) for scope in data.scopes])
    return NewToken(token=ApiTokenRead.model_validate(token), secret=secret)


async def revoke(token_id: int) -> None:
    """Delete one of the actor's tokens; administrators may delete anybody's.

    Raises:
        NotFound: The token does not exist, or belongs to somebody else.
    """
    await in_session(_revoke, _person(), token_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    user_id: int
    sign_in_id: int


def _person() -> _Person:
    actor = current_actor()
    if actor.user_id is None or actor.sign_in_id is None:
        raise NotAllowed(f"This needs an account, and {actor.name} has none. Sign in first.")
    return _Person(user_id=actor.user_id, sign_in_id=actor.sign_in_id)


async def _confirm(user_id: int, password: str) -> None:
    here = Visitor(address=current_actor().address, user_agent=None)
    try:
        is_right = await sign_in.confirm(user_id, password, here)
    except SignInRefused as error:
        raise InvalidInput.of("present", str(error)) from error
    if not is_right:
        raise InvalidInput.of("present", "The current password is incorrect.")


def _load(db: Session, person: _Person) -> Account:
    user = db.get(User, person.user_id)
    if user is None:
        raise NotFound("This account no longer exists.")
    return Account(
        user=user,
        sign_ins=SignInCRUD.get_by_user(db, person.user_id, limit=MAX_LISTED)[0],
        here=person.sign_in_id,
        tokens=ApiTokenCRUD.get_all(db, person.user_id, limit=MAX_LISTED)[0],
    )


def _end_sign_in(db: Session, user_id: int, sign_in_id: int) -> None:
    if not SignInCRUD.delete(db, user_id, sign_in_id):
        raise NotFound(f"You have no sign-in {sign_in_id}.")
    note(db, "sign_in.end", f"sign-in {sign_in_id}")


def _end_all(db: Session, user_id: int, *, but_for: int | None) -> list[int]:
    ended = SignInCRUD.delete_all(db, user_id, but_for=but_for)
    note(db, "sign_in.end_all", count=len(ended))
    return ended


def _revoke(db: Session, person: _Person, token_id: int) -> None:
    token = db.get(ApiToken, token_id)
    is_own = token is not None and token.user_id == person.user_id
    if token is None or not (is_own or current_actor().may(Permission.ADMINISTER)):
        raise NotFound(f"There is no token {token_id}.")
    note(db, "token.delete", f"token {token.name}")
    ApiTokenCRUD.delete(db, token_id)
