"""Let rules notify about websites that fail now and then without being down.

Revision ID: d2f7b6a08c53
Revises: c8a1d5e72f46
"""

import sqlalchemy as sa

from alembic import op

revision = "d2f7b6a08c53"
down_revision = "c8a1d5e72f46"
branch_labels = None
depends_on = None

NEW = "UNSTEADY"
BEFORE = (
    *("DOWN", "UP", "DEGRADED", "CERTIFICATE", "FLAPPING", "SLOW"),
    *("FINDING", "BUDGET", "SILENT", "HEARD", "EVIDENCE", "REMINDER"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps enums as text
        op.execute(f"ALTER TYPE notificationevent ADD VALUE IF NOT EXISTS '{NEW}'")
    op.add_column("notification_rules", sa.Column("unsteady_percent", sa.Integer(), server_default="5", nullable=False))
    with op.batch_alter_table("notification_rules") as table:
        table.alter_column("unsteady_percent", existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    for name in ("notifications", "notification_episodes"):
        op.execute(f"DELETE FROM {name} WHERE CAST(event AS VARCHAR(16)) = '{NEW}'")  # noqa: S608 - ours
    if op.get_bind().dialect.name == "postgresql":  # which cannot take a value away from a type
        op.execute("ALTER TYPE notificationevent RENAME TO notificationevent_before")
        op.execute(f"CREATE TYPE notificationevent AS ENUM ({', '.join(repr(one) for one in BEFORE)})")
        op.execute(
            "ALTER TABLE notifications ALTER COLUMN event TYPE notificationevent USING event::text::notificationevent"
        )
        op.execute("DROP TYPE notificationevent_before")
    with op.batch_alter_table("notification_rules") as table:
        table.drop_column("unsteady_percent")
