"""Links persons of the OpenID Connect provider to accounts: created at the first sign-in, found by issuer and `sub`.

Never by name or e-mail address: somebody who can choose these at the provider could take over another account.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.sign_in import SignedIn, Visitor, open_sign_in
from core.config import Settings
from core.errors import AlreadyExists, InvalidInput, SignInRefused
from core.models import Role, User
from core.schemas import UserCreate, UserUpdate
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD

EVERYBODY = "*"
RANKS = (Role.VIEWER, Role.EDITOR, Role.ADMINISTRATOR)
NO_ROLE = "You have no role in Watchwright. Ask an administrator for one."
FIRST = "The first account must be an administrator, and your role is not. Create the first account on this page."


def role_of(claims: Mapping[str, Any], settings: Settings) -> Role | None:
    """Return the highest role for *claims* by the settings; None if they give none."""
    given = {EVERYBODY, *_values(claims, settings.oidc_roles_claim)}
    earned = [role for value, role in _mapping(settings.oidc_roles).items() if value in given]
    return max(earned, key=RANKS.index, default=None)


def name_of(claims: Mapping[str, Any]) -> str:
    """Return the name for a new account: the person's name at the provider, without spaces."""
    known = (claims.get(name) for name in ("preferred_username", "email", "sub"))
    chosen = next(name for name in known if isinstance(name, str) and name.strip())
    return "".join(chosen.split()).lower()[:255]


def enter(
    db: Session, claims: Mapping[str, Any], issuer: str, settings: Settings, visitor: Visitor
) -> tuple[SignedIn, list[int]]:
    """Sign in the person described by *claims* of *issuer*.

    Returns:
        The browser's sign-in, and the account's sign-ins whose pages must reload their permissions.

    Raises:
        SignInRefused: The person has no role, the account is switched off, or its name belongs to another account.
    """
    UserCRUD.wait_for_others(db)
    role = role_of(claims, settings)
    user = UserCRUD.get_by_oidc_subject(db, f"{issuer} {claims['sub']}")
    if user is None:
        user, changed = _add(db, claims, issuer, _first_role(role, settings), visitor), False
    else:
        changed = _update_role(db, user, role, settings, visitor)
    reloading = [sign_in.id for sign_in in SignInCRUD.get_by_user(db, user.id, limit=1_000)[0]] if changed else []
    return open_sign_in(db, user, visitor, needs_code=user.totp_secret is not None, by=issuer), reloading


def end_without_role(db: Session, claims: Mapping[str, Any], issuer: str, settings: Settings) -> list[int]:
    """End all sign-ins of a person who has no role any more; returns the ended sign-ins."""
    user = UserCRUD.get_by_oidc_subject(db, f"{issuer} {claims['sub']}")
    is_gone = user is not None and settings.oidc_roles_claim is not None and role_of(claims, settings) is None
    return SignInCRUD.delete_all(db, user.id) if user is not None and is_gone else []


def _first_role(role: Role | None, settings: Settings) -> Role:
    """Return the role of a new account: without a roles claim VIEWER, which administrators can raise."""
    if role is None and settings.oidc_roles_claim is None and not settings.oidc_roles:
        return Role.VIEWER
    if role is None:
        raise SignInRefused(NO_ROLE)
    return role


def _add(db: Session, claims: Mapping[str, Any], issuer: str, role: Role, visitor: Visitor) -> User:
    if role is not Role.ADMINISTRATOR and not UserCRUD.are_there(db):
        raise SignInRefused(FIRST)
    try:
        data = UserCreate.checked({"name": name_of(claims), "role": role})
        user = UserCRUD.create(db, name=data.name, role=role, oidc_subject=f"{issuer} {claims['sub']}")
    except InvalidInput as error:
        raise SignInRefused(f"Your name at the provider cannot be used as an account name: {error}") from error
    except AlreadyExists as error:
        raise SignInRefused(
            f"An account {name_of(claims)} with a password already exists. Sign in with that password, or ask an "
            "administrator to rename the account."
        ) from error
    _audit(db, user, "user.add", visitor, issuer, role=role)
    return user


def _update_role(db: Session, user: User, role: Role | None, settings: Settings, visitor: Visitor) -> bool:
    """Give the account the role of the present claims; returns whether it changed."""
    if not user.is_active:
        raise SignInRefused("Your account is disabled. Ask an administrator.")
    if settings.oidc_roles_claim is None:  # then administrators assign roles
        return False
    if role is None:
        raise SignInRefused(NO_ROLE)
    if role is user.role:
        return False
    try:
        UserCRUD.update(db, user.id, UserUpdate(role=role))
    except InvalidInput as error:
        raise SignInRefused(f"Your role at the provider is now {role.value.lower()}, but {error}") from error
    _audit(db, user, "user.change", visitor, str(user.oidc_subject).partition(" ")[0], role=role)
    return True


def _audit(db: Session, user: User, action: str, visitor: Visitor, issuer: str, *, role: Role) -> None:
    details = {"role": role.value}
    subject = f"user {user.name}"
    AuditEventCRUD.create(
        db, actor=f"provider {issuer}", action=action, subject=subject, address=visitor.address, details=details
    )


def _values(claims: Mapping[str, Any], name: str | None) -> list[str]:
    """Return the values of a claim, by its full name or by a path such as realm_access.roles (Keycloak)."""
    if name is None:
        return []
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for step in name.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return found.split()
    return [value for value in found if isinstance(value, str)] if isinstance(found, list | tuple) else []


def _mapping(given: Iterable[str]) -> dict[str, Role]:
    """Return the role for each value; without a setting, roles are known by their own names."""
    pairs = (pair.rpartition("=") for pair in given)
    mapping = {value.strip(): Role(role.strip().upper()) for value, _equals, role in pairs}
    return mapping or {role.value.lower(): role for role in Role} | {role.value: role for role in Role}
