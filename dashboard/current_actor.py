"""The actor on whose behalf the current request, socket event or command runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.accounts.actor import NOBODY, Actor, Permission

# Set before a request or socket is handled; tasks and page events that it starts inherit the value.
_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


def current_actor() -> Actor:
    """Return the current actor; `NOBODY`, who may do nothing, if none was set."""
    return _actor.get()


def may(permission: Permission) -> bool:
    """Return whether the current actor has *permission*. For drawing only: actions check again with `require`."""
    return current_actor().may(permission)


def require(permission: Permission) -> Actor:
    """Return the current actor if it has *permission*.

    Raises:
        NotAllowed: It has not; the message names the permission.
    """
    actor = current_actor()
    actor.require(permission)
    return actor


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Run the block on behalf of *actor*."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)
