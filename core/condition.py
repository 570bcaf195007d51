"""A condition under which something is changed: checked in the transaction that changes it (`core.database`)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session


@dataclass(slots=True)
class Condition:
    """Over once something was changed under it, or when its block ends."""

    check: Callable[[Session], None]
    is_over: bool = False

    def hold(self, db: Session) -> None:
        """Check it in the transaction of *db*, which ends it by committing something that it wrote."""
        self.check(db)

        def on_write(*_told: Any) -> None:
            event.listen(db, "after_commit", on_commit)

        def on_statement(state: ORMExecuteState) -> None:
            if state.is_insert or state.is_update or state.is_delete:
                on_write()

        def on_commit(_db: Session) -> None:
            self.is_over = True

        event.listen(db, "after_flush", on_write)
        event.listen(db, "do_orm_execute", on_statement)


_condition: ContextVar[Condition | None] = ContextVar("condition", default=None)


def condition_of_now() -> Condition | None:
    """The one of the block that this runs in; None where there is none, or none any more."""
    condition = _condition.get()
    return None if condition is None or condition.is_over else condition


@contextmanager
def on_condition(check: Callable[[Session], None]) -> Iterator[None]:
    """Let what is changed within, by `in_session`, be changed only if *check*, which raises otherwise, has been passed.

    It is called at the beginning of the transaction that changes it, and of those before which only read. What it
    reads is still so when that commits: SQLite has one writer at a time, and on PostgreSQL it must lock what it reads.
    """
    condition = Condition(check)
    token = _condition.set(condition)
    try:
        yield
    finally:
        condition.is_over = True  # also for what was started within and goes on
        _condition.reset(token)
