"""Add the check schedule of a fleet: when websites are due, and for which slot a check was made.

Revision ID: b6e2f81d4c70
Revises: a3f7d92e41c6
"""

import sqlalchemy as sa

from alembic import op

revision = "b6e2f81d4c70"
down_revision = "a3f7d92e41c6"
branch_labels = None
depends_on = None

PLANNED = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "check_schedules",
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_request", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name=op.f("fk_check_schedules_website_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("website_id", name=op.f("pk_check_schedules")),
    )
    op.create_index(op.f("ix_check_schedules_next_due_at"), "check_schedules", ["next_due_at"])
    op.add_column("monitor_checks", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_monitor_checks_website_id_due_at"),
        "monitor_checks",
        ["website_id", "due_at"],
        unique=True,
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_monitor_checks_website_id_due_at"), table_name="monitor_checks")
    with op.batch_alter_table("monitor_checks") as table:
        table.drop_column("due_at")
    op.drop_index(op.f("ix_check_schedules_next_due_at"), table_name="check_schedules")
    op.drop_table("check_schedules")
