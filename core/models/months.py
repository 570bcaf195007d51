"""How PostgreSQL splits checks and network events by month, so that a month goes at once; SQLite keeps one table each.

A check belongs to the month in which it began, an event to that of its debug session. Months are made ahead by
`core.services.months` and `core.services.event_months`; what none of them holds is in the rest. The name of a part
says what is in it.
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
    """The checks of some time, in a table of their own."""

    @property
    def since(self) -> datetime: ...
    @property
    def until(self) -> datetime: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Month:
    """What of *table* is of the time from *since* to before *until*, in UTC."""

    since: datetime
    until: datetime
    table: str = TABLE

    @classmethod
    def of(cls, moment: datetime, table: str = TABLE) -> "Month":
        """The one in which *moment* is."""
        there = moment.astimezone(UTC)
        return cls._first(there.year, there.month, table)

    @classmethod
    def named(cls, name: str) -> "Month | None":
        """The one that is kept in the table of this name; None where that is the rest, or none of ours."""
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
        """Of its own table."""
        return f"{self.table}_{self.since:%Y_%m}"

    @property
    def first_day(self) -> date:
        """What its events have as their month."""
        return self.since.date()

    @property
    def following(self) -> "Month":
        """The month after it."""
        return Month.of(self.until, self.table)


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


def own_key(name: str) -> str:
    """What each part of the events has of a primary key: the whole's would need the month, which most have not."""
    return f"CONSTRAINT pk_{name} PRIMARY KEY (id)"


SPLIT_BY = {TABLE: "RANGE (checked_at)", EVENTS: "LIST (month)"}
MADE_WITH = {
    # The primary key must have in it what the table is split by.
    TABLE: (
        f"ALTER TABLE {TABLE} ADD CONSTRAINT pk_{TABLE} PRIMARY KEY (id, checked_at)",
        f"CREATE TABLE {REST} PARTITION OF {TABLE} DEFAULT",
        slot_index(REST),
        # Recent checks of all websites: rows lie in order of time, so 24 kB find what takes a b-tree 7 MB a million.
        f"CREATE INDEX ix_{TABLE}_checked_at ON {TABLE} USING brin (checked_at)",
        f"CREATE INDEX ix_{TABLE}_status_checked_at ON {TABLE} (status, checked_at) WHERE {NOT_UP}",
    ),
    # No DEFAULT, which would be read as a whole, locked, for each month that is made.
    EVENTS: (f"CREATE TABLE {REST_OF_EVENTS} PARTITION OF {EVENTS} ({own_key(REST_OF_EVENTS)}) FOR VALUES IN (NULL)",),
}
"""What is done once a table is there, by its name."""


def attend(table: Table) -> None:
    """Have *table* split as it is made, and made with its rest, and with a primary key."""
    event.listen(table, "before_create", _split)
    for statement in MADE_WITH[table.name]:
        event.listen(table, "after_create", _on_postgresql(statement))


def _split(table: Table, connection: Connection, **_options: Any) -> None:
    # Said with the model, SQLAlchemy would import PostgreSQL's dialect and its drivers for SQLite too: 3 MB.
    if connection.dialect.name == "postgresql":
        table.dialect_options["postgresql"]["partition_by"] = SPLIT_BY[table.name]


def _on_postgresql(statement: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
