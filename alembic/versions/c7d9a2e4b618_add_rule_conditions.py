"""Add rules' limits for response times, findings and error budgets, and since when they are exceeded.

Revision ID: c7d9a2e4b618
Revises: c4d8a61f93e7
"""

from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "c7d9a2e4b618"
down_revision = "c4d8a61f93e7"
branch_labels = None
depends_on = None

NEW = ("SLOW", "FINDING", "BUDGET")
BEFORE = ("DOWN", "UP", "DEGRADED", "CERTIFICATE", "FLAPPING")
RULE: tuple[tuple[str, sa.types.TypeEngine[Any], str], ...] = (
    ("slow_ms", sa.Integer(), "2000"),
    ("slow_minutes", sa.Integer(), "10"),
    ("finding_kinds", sa.JSON(), "[]"),
    ("budget_target", sa.Double(), "99.9"),
)


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"  # SQLite keeps enums as text
    for name in NEW if is_postgresql else ():
        op.execute(f"ALTER TYPE notificationevent ADD VALUE IF NOT EXISTS '{name}'")
    for name, kind, value in RULE:
        op.add_column("notification_rules", sa.Column(name, kind, server_default=value, nullable=False))
    with op.batch_alter_table("notification_rules") as table:
        for name, kind, _value in RULE:
            table.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    op.add_column("notifications", sa.Column("detail", sa.Text(), nullable=True))
    op.create_table(
        "notification_episodes",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["notification_rules.id"], name=op.f("fk_notification_episodes_rule_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name=op.f("fk_notification_episodes_website_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rule_id", "website_id", "event", name=op.f("pk_notification_episodes")),
    )
    op.create_index(op.f("ix_notification_episodes_website_id"), "notification_episodes", ["website_id"])


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
    op.drop_index(op.f("ix_notification_episodes_website_id"), table_name="notification_episodes")
    op.drop_table("notification_episodes")
    with op.batch_alter_table("notifications") as table:
        table.drop_column("detail")
    with op.batch_alter_table("notification_rules") as table:
        for name, _kind, _value in RULE:
            table.drop_column(name)
