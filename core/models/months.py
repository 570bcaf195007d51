"""How PostgreSQL splits the checks by month, so that a month goes at once; SQLite keeps them in one table.

A check belongs to the month in which it began. Months are made ahead by `core.services.months`; what none of them
holds is in the rest. The name of a part says which checks are in it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import DDL, Table, event
from sqlalchemy.schema import ExecutableDDLElement

TABLE = "monitor_checks"
REST = f"{TABLE}_default"
NAME = re.compile(rf"{TABLE}_(\d{{4}})_(\d\d)")


class Part(Protocol):
    """The checks of some time, in a table of their own."""

    @property
    def since(self) -> datetime: ...
    @property
    def until(self) -> datetime: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Month:
    """The checks that began from *since* to before *until*, in UTC."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        """The one in which *moment* is."""
        there = moment.astimezone(UTC)
        return cls._first(there.year, there.month)

    @classmethod
    def named(cls, name: str) -> "Month | None":
        """The one that is kept in the table of this name; None where that is the rest, or none of ours."""
        found = NAME.fullmatch(name)
        return cls._first(int(found[1]), int(found[2])) if found else None

    @classmethod
    def _first(cls, year: int, month: int) -> "Month":
        return cls(
            since=datetime(year, month, 1, tzinfo=UTC),
            until=datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC),
        )

    @property
    def name(self) -> str:
        """Of its table."""
        return f"{TABLE}_{self.since:%Y_%m}"

    @property
    def following(self) -> "Month":
        """The month after it."""
        return Month.of(self.until)


def slot_index(name: str) -> str:
    """The statement that makes what a part has and the whole cannot: uniqueness without the time of the check.

    A slot at the turn of a part could be once in each of two parts, were it not looked up under a lock before
    (`core.monitoring.record.record_once`).
    """
    index = f"{name.rpartition('.')[2]}_slot"
    return (
        f"CREATE UNIQUE INDEX {index} ON {name} (website_id, due_at, region) NULLS NOT DISTINCT "
        "WHERE due_at IS NOT NULL"
    )


def attend(table: Table) -> None:
    """Have *table* made with its rest, and with a primary key, which must have in it what the table is split by."""
    for statement in (
        f"ALTER TABLE {TABLE} ADD CONSTRAINT pk_{TABLE} PRIMARY KEY (id, checked_at)",
        f"CREATE TABLE {REST} PARTITION OF {TABLE} DEFAULT",
        slot_index(REST),
    ):
        event.listen(table, "after_create", _on_postgresql(statement))


def _on_postgresql(statement: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
