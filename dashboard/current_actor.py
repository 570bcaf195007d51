"""On whose behalf the present request, socket event or command is being done."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.accounts.actor import NOBODY, Actor, Permission

# Set for each request and socket before anything else runs; what they start inherits it, page events included.
_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


def current_actor() -> Actor:
    """Who acts; `NOBODY`, who may do nothing, where nobody was named."""
    return _actor.get()


def may(permission: Permission) -> bool:
    """Whether who acts may: what a page draws rests on it, what is done looks again with `require`."""
    return current_actor().may(permission)


def require(permission: Permission) -> Actor:
    """Who acts, if they may.

    Raises:
        NotAllowed: They may not; the message says what would be needed.
    """
    actor = current_actor()
    actor.require(permission)
    return actor


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Do the block on behalf of *actor*."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)
