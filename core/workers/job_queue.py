"""The interface of a job queue that distributes jobs over processes.

Jobs may run twice: if a process hangs for a while, its job is given to another one. The store must reject duplicate
results.
"""

from collections.abc import Awaitable, Sequence
from typing import Protocol

from sqlalchemy.orm import Session


class Handle(Protocol):
    """Runs a job; returns whether it is done. If not, the job is given to any process with free capacity."""

    def __call__(self, job: bytes, deaths: int = 0, /) -> Awaitable[bool]:
        """*deaths* is the number of processes that began the job and died, if the queue can tell."""
        ...


class JobQueue(Protocol):
    """A queue of jobs of one kind, in order. Each process that runs jobs has one."""

    @property
    def trouble(self) -> str | None:
        """What prevents the queue from delivering jobs, in one sentence; None if nothing does."""
        ...

    async def start(self, handle: Handle, *, at_once: int) -> None:
        """Start to deliver jobs, at most *at_once* in parallel; creates its tables in the store if needed.

        Returns once it works, or once the store turns out to be unavailable. In that case it starts when the store is
        back.
        """
        ...

    def put(self, db: Session, jobs: Sequence[bytes]) -> None:
        """Enqueue *jobs* in the transaction of *db*.

        Raises:
            StoreError: The jobs cannot be enqueued; the transaction must be rolled back.
        """
        ...

    async def stop(self) -> None:
        """Stop taking jobs; unfinished ones go to other processes. Returns soon, even if the store is unavailable."""
        ...
