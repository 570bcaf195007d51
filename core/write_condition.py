"""Makes writes conditional: a check runs in the same transaction as the write (`core.database`)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session


@dataclass(slots=True)
class Condition:
    """A check for the next write; over after the first commit that wrote something, or when its block ends."""

    check: Callable[[Session], None]
    is_over: bool = False

    def hold(self, db: Session) -> None:
        """Run the check in the transaction of *db*; a commit of *db* that wrote something ends this condition."""
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


def current_condition() -> Condition | None:
    """Return the condition of the enclosing `on_condition` block; None outside of one, or once it is over."""
    condition = _condition.get()
    return None if condition is None or condition.is_over else condition


@contextmanager
def on_condition(check: Callable[[Session], None]) -> Iterator[None]:
    """Allow writes by `in_session` inside the block only if *check* passes; it raises to refuse.

    *check* runs at the start of the writing transaction, and of read-only transactions before it. What it read stays
    valid until the commit: SQLite allows one writer at a time, and on PostgreSQL *check* must lock the rows it reads.
    """
    condition = Condition(check)
    token = _condition.set(condition)
    try:
        yield
    finally:
        condition.is_over = True  # also for tasks that were started inside and still run
        _condition.reset(token)
