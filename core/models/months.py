"""Monthly partitions of checks and network events on PostgreSQL, so that a whole month can be dropped.

SQLite has one table for each. A check belongs to the month in which it began, an event to the month of its debug
session. `core.services.months` and `core.services.event_months` create partitions ahead. All other rows are in the
default partition. The name of a partition contains its month.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import DDL, Connection, Table, event
from sqlalchemy.schema import ExecutableDDLElement

from core.models.monitor_check import NOT_UP

TABLE = "monitor_checks"
REST = f"{TABLE}_default"
EVENTS = "network_events"
REST_OF_EVENTS = f"{EVENTS}_default"
NAME = re.compile(rf"({TABLE}|{EVENTS})_(\d{{4}})_(\d\d)")


class Part(Protocol):
    """A partition: the checks of some time."""

    @property
    def since(self) -> datetime: ...
    @property
    def until(self) -> datetime: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Month:
    """The partition of *table* for the time from *since* to before *until*, in UTC."""

    since: datetime
    until: datetime
    table: str = TABLE

    @classmethod
    def of(cls, moment: datetime, table: str = TABLE) -> "Month":
        """Return the month of *moment*."""
        there = moment.astimezone(UTC)
        return cls._first(there.year, there.month, table)

    @classmethod
    def named(cls, name: str) -> "Month | None":
        """Return the month of the partition *name*; None for the default partition and other tables."""
        found = NAME.fullmatch(name)
        return cls._first(int(found[2]), int(found[3]), found[1]) if found else None

    @classmethod
    def _first(cls, year: int, month: int, table: str) -> "Month":
        return cls(
            since=datetime(year, month, 1, tzinfo=UTC),
            until=datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC),
            table=table,
        )

    @property
    def name(self) -> str:
        """The name of the partition's table."""
        return f"{self.table}_{self.since:%Y_%m}"

    @property
    def first_day(self) -> date:
        """The value of `NetworkEvent.month` in this partition."""
        return self.since.date()

    @property
    def following(self) -> "Month":
        """The next month."""
        return Month.of(self.until, self.table)


def slot_index(name: str) -> str:
    """Return the statement for a partition's unique index of slots, which PostgreSQL does not allow on the whole table.

    A slot at the edge of two partitions could exist in both. `core.monitoring.record.record_once` prevents that with a
    query under a lock.
    """
    index = f"{name.rpartition('.')[2]}_slot"
    return (
        f"CREATE UNIQUE INDEX {index} ON {name} (website_id, due_at, region) NULLS NOT DISTINCT "
        "WHERE due_at IS NOT NULL"
    )


def own_key(name: str) -> str:
    """Return the primary key of a partition of events. The whole table has none: it would need the nullable month."""
    return f"CONSTRAINT pk_{name} PRIMARY KEY (id)"


SPLIT_BY = {TABLE: "RANGE (checked_at)", EVENTS: "LIST (month)"}
MADE_WITH = {
    # The primary key must contain the partition key.
    TABLE: (
        f"ALTER TABLE {TABLE} ADD CONSTRAINT pk_{TABLE} PRIMARY KEY (id, checked_at)",
        f"CREATE TABLE {REST} PARTITION OF {TABLE} DEFAULT",
        slot_index(REST),
        # Recent checks of all websites. Rows lie in order of time, so BRIN needs 24 kB where a b-tree needs 7 MB per
        # million rows.
        f"CREATE INDEX ix_{TABLE}_checked_at ON {TABLE} USING brin (checked_at)",
        f"CREATE INDEX ix_{TABLE}_status_checked_at ON {TABLE} (status, checked_at) WHERE {NOT_UP}",
    ),
    # No DEFAULT partition, because creating a month would lock and read all of it.
    EVENTS: (f"CREATE TABLE {REST_OF_EVENTS} PARTITION OF {EVENTS} ({own_key(REST_OF_EVENTS)}) FOR VALUES IN (NULL)",),
}
"""Statements to run after the creation of a table, by its name."""


def attend(table: Table) -> None:
    """Create *table* with partitioning, its default partition and a primary key."""
    event.listen(table, "before_create", _split)
    for statement in MADE_WITH[table.name]:
        event.listen(table, "after_create", _on_postgresql(statement))


def _split(table: Table, connection: Connection, **_options: Any) -> None:
    # Not in the model, because SQLAlchemy would import PostgreSQL's dialect for SQLite too: 3 MB.
    if connection.dialect.name == "postgresql":
        table.dialect_options["postgresql"]["partition_by"] = SPLIT_BY[table.name]


def _on_postgresql(statement: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
