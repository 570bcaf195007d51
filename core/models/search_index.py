"""Full-text indexes, which the database updates in the transaction that writes a row.

SQLite uses a contentless FTS5 table with triggers, PostgreSQL an expression index. Both are updated when rows are
deleted, including by cascades.
"""

from dataclasses import dataclass

from sqlalchemy import DDL, event
from sqlalchemy.schema import ExecutableDDLElement

from core.models.base import Base

LIMIT = 8_000  # indexed characters per column: PostgreSQL rejects a row whose words take a megabyte


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndex:
    """A full-text index of some columns of a table."""

    name: str
    table: str
    columns: tuple[str, ...]
    condition: str
    """The SQL condition for indexed rows; ``{row}`` stands for the row's name and a dot."""

    def words(self, row: str = "") -> str:
        """Return SQLite's expression of the columns of *row* (``new.``, ``old.`` or empty)."""
        return " || ' ' || ".join(f"coalesce(substr({row}{column}, 1, {LIMIT}), '')" for column in self.columns)

    def vector(self) -> str:
        """Return PostgreSQL's expression. Punctuation is removed, because its parser treats a URL as one word."""
        texts = " || ' ' || ".join(f"coalesce(left(CAST({column} AS text), {LIMIT}), '')" for column in self.columns)
        return f"to_tsvector('simple', regexp_replace({texts}, '(\\W|_)+', ' ', 'g'))"

    def triggers(self) -> list[str]:
        """Return SQLite's triggers. A contentless FTS5 table needs the old words to delete them."""
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
        """Return the statements that create the index on SQLite."""
        return [f"CREATE VIRTUAL TABLE {self.name} USING fts5(words, content='', columnsize=0)", *self.triggers()]

    def on_postgresql(self) -> list[str]:
        """Return the statements that create the index on PostgreSQL."""
        return [f"CREATE INDEX ix_{self.name} ON {self.table} USING gin ({self.vector()}) WHERE {self._is_in('')}"]

    def _is_in(self, row: str) -> str:
        return self.condition.format(row=row)


CHECKS = SearchIndex(
    name="check_words",
    table="monitor_checks",
    columns=("error_message",),
    condition="{row}error_message IS NOT NULL",  # most checks have no error, and cost nothing here
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
    """Create and drop *index* together with its table."""
    table = Base.metadata.tables[index.table]
    for statement in index.on_sqlite():
        event.listen(table, "after_create", _only_on("sqlite", statement))
    for statement in index.on_postgresql():
        event.listen(table, "after_create", _only_on("postgresql", statement))
    event.listen(table, "before_drop", _only_on("sqlite", f"DROP TABLE IF EXISTS {index.name}"))


def _only_on(dialect: str, statement: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
