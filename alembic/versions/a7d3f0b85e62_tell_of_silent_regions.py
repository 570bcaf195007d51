"""Let rules notify about silent regions.

Revision ID: a7d3f0b85e62
Revises: f4b91d6e2c75
"""

from alembic import op

revision = "a7d3f0b85e62"
down_revision = "f4b91d6e2c75"
branch_labels = None
depends_on = None

NEW = ("SILENT", "HEARD")
BEFORE = ("DOWN", "UP", "DEGRADED", "CERTIFICATE", "FLAPPING", "SLOW", "FINDING", "BUDGET")


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"  # SQLite keeps enums as text
    for name in NEW if is_postgresql else ():
        op.execute(f"ALTER TYPE notificationevent ADD VALUE IF NOT EXISTS '{name}'")


def downgrade() -> None:
    names = ", ".join(f"'{name}'" for name in NEW)
    op.execute(f"DELETE FROM notifications WHERE CAST(event AS VARCHAR(16)) IN ({names})")  # noqa: S608 - ours
    if op.get_bind().dialect.name == "postgresql":  # which cannot take a value away from a type
        op.execute("ALTER TYPE notificationevent RENAME TO notificationevent_before")
        op.execute(f"CREATE TYPE notificationevent AS ENUM ({', '.join(repr(name) for name in BEFORE)})")
        op.execute(
            "ALTER TABLE notifications ALTER COLUMN event TYPE notificationevent USING event::text::notificationevent"
        )
        op.execute("DROP TYPE notificationevent_before")
