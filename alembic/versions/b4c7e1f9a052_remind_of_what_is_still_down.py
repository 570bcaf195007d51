"""Let rules remind of websites that are still down.

Revision ID: b4c7e1f9a052
Revises: e9b3d6f20a71
"""

import sqlalchemy as sa

from alembic import op

revision = "b4c7e1f9a052"
down_revision = "e9b3d6f20a71"
branch_labels = None
depends_on = None

NEW = "REMINDER"
BEFORE = (
    *("DOWN", "UP", "DEGRADED", "CERTIFICATE", "FLAPPING", "SLOW"),
    *("FINDING", "BUDGET", "SILENT", "HEARD", "EVIDENCE"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps enums as text
        op.execute(f"ALTER TYPE notificationevent ADD VALUE IF NOT EXISTS '{NEW}'")
    op.add_column("notification_rules", sa.Column("remind_seconds", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("notification_rules") as table:
        table.alter_column("remind_seconds", existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    op.execute(f"DELETE FROM notifications WHERE CAST(event AS VARCHAR(16)) = '{NEW}'")  # noqa: S608 - ours
    if op.get_bind().dialect.name == "postgresql":  # which cannot take a value away from a type
        op.execute("ALTER TYPE notificationevent RENAME TO notificationevent_before")
        op.execute(f"CREATE TYPE notificationevent AS ENUM ({', '.join(repr(name) for name in BEFORE)})")
        op.execute(
            "ALTER TABLE notifications ALTER COLUMN event TYPE notificationevent USING event::text::notificationevent"
        )
        op.execute("DROP TYPE notificationevent_before")
    with op.batch_alter_table("notification_rules") as table:
        table.drop_column("remind_seconds")
