"""Add search in the texts of check errors, console errors and network events.

Revision ID: 4b6f8e0d2c93
Revises: 91d3c05ab7e6
"""

from alembic import op

revision = "4b6f8e0d2c93"
down_revision = "91d3c05ab7e6"
branch_labels = None
depends_on = None

LIMIT = 8_000  # characters of a column
INDEXES = {
    "check_words": ("monitor_checks", ("error_message",), "{row}error_message IS NOT NULL"),
    "console_words": ("console_messages", ("text",), "{row}level = 'error'"),
    "event_words": (
        "network_events",
        ("url", "request_headers", "response_headers", "error_message"),
        "{row}url IS NOT NULL",
    ),
}


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (table, columns, condition) in INDEXES.items():
        for statement in (_sqlite if is_sqlite else _postgresql)(name, table, columns, condition):
            op.execute(statement)


def downgrade() -> None:
    for name in INDEXES:
        if op.get_bind().dialect.name == "sqlite":
            for what in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER IF EXISTS {name}_{what}")
            op.execute(f"DROP TABLE {name}")
        else:
            op.execute(f"DROP INDEX ix_{name}")


def _sqlite(name: str, table: str, columns: tuple[str, ...], condition: str) -> list[str]:
    def words(row: str) -> str:
        return " || ' ' || ".join(f"coalesce(substr({row}{column}, 1, {LIMIT}), '')" for column in columns)

    is_new, is_old = condition.format(row="new."), condition.format(row="old.")
    add = f"INSERT INTO {name} (rowid, words) SELECT new.id, {words('new.')} WHERE {is_new};"
    forget = f"INSERT INTO {name} ({name}, rowid, words) SELECT 'delete', old.id, {words('old.')} WHERE {is_old};"
    present = f"INSERT INTO {name} (rowid, words) SELECT id, {words('')} FROM {table} WHERE {condition.format(row='')}"  # noqa: S608
    begin = "CREATE TRIGGER IF NOT EXISTS"
    return [
        f"CREATE VIRTUAL TABLE {name} USING fts5(words, content='', columnsize=0)",
        f"{begin} {name}_insert AFTER INSERT ON {table} WHEN {is_new} BEGIN {add} END",
        f"{begin} {name}_delete AFTER DELETE ON {table} WHEN {is_old} BEGIN {forget} END",
        f"{begin} {name}_update AFTER UPDATE OF {', '.join(columns)} ON {table} BEGIN {forget} {add} END",
        present,
    ]


def _postgresql(name: str, table: str, columns: tuple[str, ...], condition: str) -> list[str]:
    texts = " || ' ' || ".join(f"coalesce(left(CAST({column} AS text), {LIMIT}), '')" for column in columns)
    vector = f"to_tsvector('simple', regexp_replace({texts}, '(\\W|_)+', ' ', 'g'))"
    return [f"CREATE INDEX ix_{name} ON {table} USING gin ({vector}) WHERE {condition.format(row='')}"]
