"""Partition checks by month on PostgreSQL, and give them 64-bit ids.

The migration copies the rows into their months in one transaction, for which it needs as much free disk space again.
`docs/scaling.md` says how long it takes. SQLite keeps a single table.

Revision ID: f4c81b7d2e96
Revises: e2a7c5d91f48
"""

from datetime import datetime

import sqlalchemy as sa

from alembic import op

revision = "f4c81b7d2e96"
down_revision = "e2a7c5d91f48"
branch_labels = None
depends_on = None

NUMBERED = (("website_states", "latest_check_id"), ("debug_sessions", "check_id"), ("looks", "check_id"))
SLOT = "(website_id, due_at, region) NULLS NOT DISTINCT WHERE due_at IS NOT NULL"
WEBSITE = (
    "ALTER TABLE monitor_checks ADD CONSTRAINT fk_monitor_checks_website_id "
    "FOREIGN KEY (website_id) REFERENCES websites (id) ON DELETE CASCADE"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    indexes = _indexes("AND indexdef NOT LIKE '% UNIQUE %'")
    op.execute("ALTER TABLE monitor_checks RENAME TO monitor_checks_whole")
    op.execute(
        "CREATE TABLE monitor_checks (LIKE monitor_checks_whole INCLUDING DEFAULTS) PARTITION BY RANGE (checked_at)"
    )
    _number("bigint")
    op.execute("CREATE TABLE monitor_checks_default PARTITION OF monitor_checks DEFAULT")
    parts = ["monitor_checks_default", *_months()]
    _move("monitor_checks_whole")
    op.execute("ALTER TABLE monitor_checks ADD CONSTRAINT pk_monitor_checks PRIMARY KEY (id, checked_at)")
    op.execute(WEBSITE)
    for index in indexes:
        op.execute(index)
    op.execute("CREATE INDEX ix_monitor_checks_checked_at ON monitor_checks USING brin (checked_at)")
    for name in parts:
        op.execute(f"CREATE UNIQUE INDEX {name}_slot ON {name} {SLOT}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    indexes = _indexes("AND indexdef NOT LIKE '% UNIQUE %' AND indexname <> 'ix_monitor_checks_checked_at'")
    op.execute("ALTER TABLE monitor_checks RENAME TO monitor_checks_split")
    op.execute("CREATE TABLE monitor_checks (LIKE monitor_checks_split INCLUDING DEFAULTS)")
    _number("integer")
    _move("monitor_checks_split")
    op.execute("ALTER TABLE monitor_checks ADD CONSTRAINT pk_monitor_checks PRIMARY KEY (id)")
    op.execute(WEBSITE)
    for index in indexes:
        op.execute(index)
    op.execute(f"CREATE UNIQUE INDEX ix_monitor_checks_website_id_due_at_region ON monitor_checks {SLOT}")


def _indexes(which: str) -> list[str]:
    """Return the statements that create the table's indexes, including those of `core.models.search_index`."""
    found = (
        f"SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'monitor_checks' {which}"  # noqa: S608
    )
    return [row[0].replace(" ON ONLY ", " ON ") for row in op.get_bind().execute(sa.text(found))]


def _number(kind: str) -> None:
    op.execute(f"ALTER TABLE monitor_checks ALTER COLUMN id TYPE {kind}")
    op.execute(f"ALTER SEQUENCE monitor_checks_id_seq AS {kind}")
    for table, column in NUMBERED:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}")


def _months() -> list[str]:
    """Create a partition for each month with checks; checks of a clock that was ahead stay in the default partition."""
    query = sa.text(
        "SELECT DISTINCT date_trunc('month', checked_at AT TIME ZONE 'UTC') FROM monitor_checks_whole "
        "WHERE checked_at <= now()"
    )
    return [_month(first) for first in sorted(op.get_bind().scalars(query))]


def _month(first: datetime) -> str:
    name = f"monitor_checks_{first:%Y_%m}"
    until = datetime(first.year + first.month // 12, first.month % 12 + 1, 1)  # noqa: DTZ001 - as SQL writes it
    bounds = f"FROM ('{first:%Y-%m-%d} 00:00+00') TO ('{until:%Y-%m-%d} 00:00+00')"
    op.execute(f"CREATE TABLE {name} PARTITION OF monitor_checks FOR VALUES {bounds}")
    return name


def _move(source: str) -> None:
    """Fill the new table before creating its indexes, which then takes a third of the time."""
    op.execute(f"INSERT INTO monitor_checks SELECT * FROM {source}")  # noqa: S608
    op.execute("ALTER SEQUENCE monitor_checks_id_seq OWNED BY monitor_checks.id")
    op.execute(f"DROP TABLE {source}")
