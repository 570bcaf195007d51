"""Let rules notify about faults that debug sessions find on available websites.

Revision ID: e5a9c3d71f84
Revises: e5b8c20d7f94
"""

import sqlalchemy as sa

from alembic import op

revision = "e5a9c3d71f84"
down_revision = "e5b8c20d7f94"
branch_labels = None
depends_on = None

NEW = ("FAULT", "MENDED")
BEFORE = (
    *("DOWN", "UP", "DEGRADED", "CERTIFICATE", "FLAPPING", "SLOW"),
    *("FINDING", "BUDGET", "SILENT", "HEARD", "EVIDENCE", "REMINDER", "UNSTEADY"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps enums as text
        for event in NEW:
            op.execute(f"ALTER TYPE notificationevent ADD VALUE IF NOT EXISTS '{event}'")
    op.create_table(
        "website_faults",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name=op.f("fk_website_faults_website_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_website_faults")),
    )
    op.create_index(op.f("ix_website_faults_website_id_gone_at"), "website_faults", ["website_id", "gone_at"])
    with op.batch_alter_table("notifications") as table:
        table.add_column(sa.Column("fault_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_notifications_fault_id"), "website_faults", ["fault_id"], ["id"], ondelete="CASCADE"
        )
        table.create_index(op.f("ix_notifications_fault_id"), ["fault_id"])


def downgrade() -> None:
    named = ", ".join(repr(event) for event in NEW)
    op.execute(f"DELETE FROM notifications WHERE CAST(event AS VARCHAR(16)) IN ({named})")  # noqa: S608 - ours
    with op.batch_alter_table("notifications") as table:
        table.drop_index(op.f("ix_notifications_fault_id"))
        table.drop_constraint(op.f("fk_notifications_fault_id"), type_="foreignkey")
        table.drop_column("fault_id")
    op.drop_table("website_faults")
    if op.get_bind().dialect.name == "postgresql":  # which cannot take a value away from a type
        op.execute("ALTER TYPE notificationevent RENAME TO notificationevent_before")
        op.execute(f"CREATE TYPE notificationevent AS ENUM ({', '.join(repr(one) for one in BEFORE)})")
        op.execute(
            "ALTER TABLE notifications ALTER COLUMN event TYPE notificationevent USING event::text::notificationevent"
        )
        op.execute("DROP TYPE notificationevent_before")
