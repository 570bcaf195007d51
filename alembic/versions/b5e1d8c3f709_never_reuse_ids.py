"""Never give the id of a deleted website, debug session or downtime window to another one, as PostgreSQL never does.

Revision ID: b5e1d8c3f709
Revises: a4c07f5e92d8
"""

from alembic import op

revision = "b5e1d8c3f709"
down_revision = "a4c07f5e92d8"
branch_labels = None
depends_on = None

TABLES = (
    "websites",
    "debug_sessions",
    "downtime_windows",
)  # SQLite rebuilds them, but not the large tables that refer to them


def upgrade() -> None:
    for table in _of_sqlite():
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass


def downgrade() -> None:
    for table in _of_sqlite():
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.create_primary_key(op.f(f"pk_{table}"), ["id"])  # AUTOINCREMENT allows the key no name


def _of_sqlite() -> tuple[str, ...]:
    return TABLES if op.get_bind().dialect.name == "sqlite" else ()
