"""Add messages with the evidence of a failure, and whether a message had a screenshot.

Revision ID: a5d27c91e3b6
Revises: c9e15a7f3b04
"""

import sqlalchemy as sa

from alembic import op

revision = "a5d27c91e3b6"
down_revision = "c9e15a7f3b04"
branch_labels = None
depends_on = None

NEW = "EVIDENCE"
BEFORE = ("DOWN", "UP", "DEGRADED", "CERTIFICATE", "FLAPPING", "SLOW", "FINDING", "BUDGET", "SILENT", "HEARD")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps enums as text
        op.execute(f"ALTER TYPE notificationevent ADD VALUE IF NOT EXISTS '{NEW}'")
    op.add_column("notifications", sa.Column("has_picture", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.execute(f"DELETE FROM notifications WHERE CAST(event AS VARCHAR(16)) = '{NEW}'")  # noqa: S608 - ours
    if op.get_bind().dialect.name == "postgresql":  # which cannot take a value away from a type
        op.execute("ALTER TYPE notificationevent RENAME TO notificationevent_before")
        op.execute(f"CREATE TYPE notificationevent AS ENUM ({', '.join(repr(name) for name in BEFORE)})")
        op.execute(
            "ALTER TABLE notifications ALTER COLUMN event TYPE notificationevent USING event::text::notificationevent"
        )
        op.execute("DROP TYPE notificationevent_before")
    with op.batch_alter_table("notifications") as table:
        table.drop_column("has_picture")
