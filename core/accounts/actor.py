"""Defines who acts, and which permissions they have. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import NotAllowed
from core.models import Role
from core.schemas.api_token import Scope


class Permission(StrEnum):
    """A permission that an action requires."""

    READ = "read"
    DEBUG = "debug"
    """Run, stop and keep debug sessions."""
    WRITE = "write"
    """Change what is monitored and how."""
    ADMINISTER = "administer"
    """Manage accounts and read the audit log."""


_OF_ROLE = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.EDITOR: frozenset({Permission.READ, Permission.DEBUG, Permission.WRITE}),
    Role.ADMINISTRATOR: frozenset(Permission),
}

# No scope includes ADMINISTER: a leaked token must not be able to create accounts.
_OF_SCOPE = {
    Scope.READ: frozenset({Permission.READ}),
    Scope.WRITE: frozenset({Permission.READ, Permission.WRITE}),
    Scope.DEBUG: frozenset({Permission.READ, Permission.DEBUG}),
}

_IN_WORDS = {
    Permission.READ: "Viewing this",
    Permission.DEBUG: "Running debug sessions",
    Permission.WRITE: "Changing this",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or program that acts, with its name in the audit log."""

    name: str
    permissions: frozenset[Permission]
    user_id: int | None = None
    sign_in_id: int | None = None
    """The sign-in, if the actor is a person in a browser."""
    address: str | None = field(default=None, compare=False)
    """From where this request came. A person who changes the network is still the same actor."""

    @property
    def is_token(self) -> bool:
        """Whether a program acts with the API token of an account."""
        return self.user_id is not None and self.sign_in_id is None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise unless the actor has *permission*.

        Raises:
            NotAllowed: The permission is missing; the message names it.
        """
        if not self.may(permission):
            if permission == Permission.ADMINISTER:
                raise NotAllowed(f"Only administrators can do this, and {self.name} is not one.")
            raise NotAllowed(f"{_IN_WORDS[permission]} needs the permission to {permission}, which {self.name} lacks.")


NOBODY = Actor(name="nobody", permissions=frozenset())
COMMAND_LINE = Actor(name="command line", permissions=frozenset(Permission))
"""Whoever can run commands on this machine can also read and write the store."""


def actor_of_user(name: str, role: Role, *, user_id: int, sign_in_id: int, address: str | None) -> Actor:
    """Return the actor for a signed-in person."""
    return Actor(
        name=f"user {name}", permissions=_OF_ROLE[role], user_id=user_id, sign_in_id=sign_in_id, address=address
    )


def actor_of_token(
    token: str, scopes: list[str], owner: str, role: Role, *, user_id: int, address: str | None
) -> Actor:
    """Return the actor for the API token *token* of *owner*, with what both its scopes and the owner's role allow."""
    granted = frozenset[Permission]().union(*(_OF_SCOPE[Scope(scope)] for scope in scopes))
    return Actor(
        name=f"token {token} of {owner}", permissions=granted & _OF_ROLE[role], user_id=user_id, address=address
    )
