"""Which words of which rows can be searched: kept by the database itself, in the transaction that writes the row.

SQLite gets an FTS5 table without content of its own and triggers, PostgreSQL an index on an expression. Either holds
words only, so a deleted row leaves nothing behind, cascades included.
"""

from dataclasses import dataclass

from sqlalchemy import DDL, event
from sqlalchemy.schema import ExecutableDDLElement

from core.models.base import Base

LIMIT = 8_000  # characters of a column: PostgreSQL refuses a row whose words take a megabyte


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndex:
    """The words of some columns of a table."""

    name: str
    table: str
    columns: tuple[str, ...]
    condition: str
    """Which rows have words, in SQL; ``{row}`` stands for the row's name and a dot."""

    def words(self, row: str = "") -> str:
        """The expression on SQLite, of the columns of *row* (``new.``, ``old.`` or nothing)."""
        return " || ' ' || ".join(f"coalesce(substr({row}{column}, 1, {LIMIT}), '')" for column in self.columns)

    def vector(self) -> str:
        """The expression on PostgreSQL; punctuation goes first, as its parser takes a whole URL for one word."""
        texts = " || ' ' || ".join(f"coalesce(left(CAST({column} AS text), {LIMIT}), '')" for column in self.columns)
        return f"to_tsvector('simple', regexp_replace({texts}, '(\\W|_)+', ' ', 'g'))"

    def triggers(self) -> list[str]:
        """SQLite: what keeps the words current; an FTS5 table without content must be told the old words again."""
        name, table = self.name, self.table
        add = f"INSERT INTO {name} (rowid, words) SELECT new.id, {self.words('new.')} WHERE {self._is_in('new.')};"
        forget = (
            f"INSERT INTO {name} ({name}, rowid, words) SELECT 'delete', old.id, {self.words('old.')} "
            f"WHERE {self._is_in('old.')};"
        )
        begin = "CREATE TRIGGER IF NOT EXISTS"
        return [
            f"{begin} {name}_insert AFTER INSERT ON {table} WHEN {self._is_in('new.')} BEGIN {add} END",
            f"{begin} {name}_delete AFTER DELETE ON {table} WHEN {self._is_in('old.')} BEGIN {forget} END",
            f"{begin} {name}_update AFTER UPDATE OF {', '.join(self.columns)} ON {table} BEGIN {forget} {add} END",
        ]

    def on_sqlite(self) -> list[str]:
        """The statements that make it there."""
        return [f"CREATE VIRTUAL TABLE {self.name} USING fts5(words, content='', columnsize=0)", *self.triggers()]

    def on_postgresql(self) -> list[str]:
        """The statements that make it there."""
        return [f"CREATE INDEX ix_{self.name} ON {self.table} USING gin ({self.vector()}) WHERE {self._is_in('')}"]

    def _is_in(self, row: str) -> str:
        return self.condition.format(row=row)


CHECKS = SearchIndex(
    name="check_words",
    table="monitor_checks",
    columns=("error_message",),
    condition="{row}error_message IS NOT NULL",  # most checks have none, and cost nothing here
)
CONSOLE = SearchIndex(
    name="console_words", table="console_messages", columns=("text",), condition="{row}level = 'error'"
)
EVENTS = SearchIndex(
    name="event_words",
    table="network_events",
    columns=("url", "request_headers", "response_headers", "error_message"),
    condition="{row}url IS NOT NULL",
)
INDEXES = (CHECKS, CONSOLE, EVENTS)


def attend(index: SearchIndex) -> None:
    """Make *index* with its table, and drop it with it."""
    table = Base.metadata.tables[index.table]
    for statement in index.on_sqlite():
        event.listen(table, "after_create", _only_on("sqlite", statement))
    for statement in index.on_postgresql():
        event.listen(table, "after_create", _only_on("postgresql", statement))
    event.listen(table, "before_drop", _only_on("sqlite", f"DROP TABLE IF EXISTS {index.name}"))


def _only_on(dialect: str, statement: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
