"""Finds out who a cookie or an API token belongs to."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.accounts.actor import Actor, actor_of_token, actor_of_user
from core.accounts.sign_in import STAYS_SIGNED_IN
from core.accounts.tokens import token_hash
from core.clock import utc_now
from core.services import ApiTokenCRUD, SignInCRUD

SEEN_EVERY = timedelta(minutes=1)  # a write per request would cost more than the request


def by_cookie(db: Session, token: str, address: str | None) -> Actor | None:
    """Return the person whose browser has *token*; None if it is not, or not fully, signed in. Writes nothing."""
    sign_in = SignInCRUD.get_valid(db, token_hash(token), utc_now())
    if sign_in is None or sign_in.needs_code:
        return None
    user = sign_in.user
    return actor_of_user(user.name, user.role, user_id=user.id, sign_in_id=sign_in.id, address=address)


def record_visit(db: Session, token: str, address: str | None) -> None:
    """Store the visit of the browser with *token*; regular visits extend the sign-in."""
    now = utc_now()
    sign_in = SignInCRUD.get_valid(db, token_hash(token), now)
    if sign_in is None or now - sign_in.last_seen_at <= SEEN_EVERY:
        return
    sign_in.last_seen_at, sign_in.address = now, address
    if sign_in.user.oidc_subject is None:  # accounts of a provider must sign in there again
        sign_in.expires_at = now + STAYS_SIGNED_IN


def by_api_token(db: Session, token: str, address: str | None) -> Actor | None:
    """Return the program with *token*; None if the token is unknown or expired. Writes nothing."""
    found = ApiTokenCRUD.get_valid(db, token_hash(token), utc_now())
    if found is None:
        return None
    owner = found.user
    return actor_of_token(found.name, found.scopes, owner.name, owner.role, user_id=owner.id, address=address)


def record_token_use(db: Session, token: str) -> None:
    """Store the use of *token*."""
    now = utc_now()
    found = ApiTokenCRUD.get_valid(db, token_hash(token), now)
    if found is not None and (found.last_used_at is None or now - found.last_used_at > SEEN_EVERY):
        found.last_used_at = now
