"""On whose behalf something is done, and what they may do. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotAllowed
from core.models import Role
from core.schemas.api_token import Scope


class Permission(StrEnum):
    """What an action needs."""

    READ = "read"
    DEBUG = "debug"
    """Run, stop and keep debug sessions."""
    WRITE = "write"
    """Change what is watched and how."""
    ADMINISTER = "administer"
    """Manage accounts, and see what was done by whom."""


_OF_ROLE = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.EDITOR: frozenset({Permission.READ, Permission.DEBUG, Permission.WRITE}),
    Role.ADMINISTRATOR: frozenset(Permission),
}

# No scope holds ADMINISTER: a token that leaks must not be able to make another account.
_OF_SCOPE = {
    Scope.READ: frozenset({Permission.READ}),
    Scope.WRITE: frozenset({Permission.READ, Permission.WRITE}),
    Scope.DEBUG: frozenset({Permission.READ, Permission.DEBUG}),
}

_IN_WORDS = {
    Permission.READ: "Looking at this",
    Permission.DEBUG: "Running debug sessions",
    Permission.WRITE: "Changing this",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts, as the audit log names them."""

    name: str
    permissions: frozenset[Permission]
    user_id: int | None = None
    sign_in_id: int | None = None
    """The browser's, where the actor is a person at a page."""
    address: str | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Go on only if the actor may.

        Raises:
            NotAllowed: They may not; the message says what would be needed.
        """
        if not self.may(permission):
            if permission == Permission.ADMINISTER:
                raise NotAllowed(f"This needs an administrator, which {self.name} is not.")
            raise NotAllowed(
                f"{_IN_WORDS[permission]} needs the right to {permission}, which {self.name} does not have."
            )


NOBODY = Actor(name="nobody", permissions=frozenset())
COMMAND_LINE = Actor(name="command line", permissions=frozenset(Permission))
"""Who can run the command on this machine can read and write the store anyway."""


def of_user(name: str, role: Role, *, user_id: int, sign_in_id: int, address: str | None) -> Actor:
    """A person who is signed in."""
    return Actor(
        name=f"user {name}", permissions=_OF_ROLE[role], user_id=user_id, sign_in_id=sign_in_id, address=address
    )


def of_token(token: str, scopes: list[str], owner: str, role: Role, *, user_id: int, address: str | None) -> Actor:
    """A program with the token named *token* of *owner*: what both the scopes and the owner's role allow."""
    granted = frozenset[Permission]().union(*(_OF_SCOPE[Scope(scope)] for scope in scopes))
    return Actor(
        name=f"token {token} of {owner}", permissions=granted & _OF_ROLE[role], user_id=user_id, address=address
    )
