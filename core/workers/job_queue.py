"""What is asked of the engine that spreads jobs over processes, whichever engine it is.

None is exactly-once: a job whose process was stopped for a while runs a second time elsewhere. What must happen once
is to be refused where it is stored.
"""

from collections.abc import Awaitable, Sequence
from typing import Protocol

from sqlalchemy.orm import Session


class Handle(Protocol):
    """Does a job; returns whether it is done: what is not is given to whichever process has room."""

    def __call__(self, job: bytes, deaths: int = 0, /) -> Awaitable[bool]:
        """*deaths* is how many processes began it and were not heard of again, where the engine can tell."""
        ...


class JobQueue(Protocol):
    """Jobs of one kind, in the order in which they came; each process that does them has one of these."""

    @property
    def trouble(self) -> str | None:
        """What keeps it from handing out jobs, in one sentence; None while nothing does."""
        ...

    async def start(self, handle: Handle, *, at_once: int) -> None:
        """Begin to hand out jobs, never more than *at_once*; what it needs in the store is made where it is missing.

        Returns once it works, or has found that the store is away: it then begins when the store is back.
        """
        ...

    def put(self, db: Session, jobs: Sequence[bytes]) -> None:
        """Have *jobs* done once the transaction of *db* is committed, and not at all if it is not.

        Raises:
            StoreError: They cannot be put; the transaction is lost.
        """
        ...

    async def stop(self) -> None:
        """Take no more; what is under way is given to others. Ends soon, also when the store is away."""
        ...
