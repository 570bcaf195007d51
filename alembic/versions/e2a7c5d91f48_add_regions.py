"""Add regions: where a website is checked, the quorum, and the region of a check.

Revision ID: e2a7c5d91f48
Revises: d1f4b7a93c20
"""

import sqlalchemy as sa

from alembic import op

revision = "e2a7c5d91f48"
down_revision = "d1f4b7a93c20"
branch_labels = None
depends_on = None

PLANNED = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("websites", sa.Column("regions", sa.JSON(), nullable=True))
    op.add_column("websites", sa.Column("quorum", sa.Integer(), nullable=True))
    op.add_column("monitor_checks", sa.Column("region", sa.String(32), nullable=True))
    op.drop_index(op.f("ix_monitor_checks_website_id_due_at"), table_name="monitor_checks")
    op.create_index(
        op.f("ix_monitor_checks_website_id_due_at_region"),
        "monitor_checks",
        ["website_id", "due_at", "region"],
        unique=True,
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_monitor_checks_website_id_due_at_region"), table_name="monitor_checks")
    # Without regions a slot has one check; the checks of other regions for it stay, as unplanned checks.
    op.execute(
        """
        UPDATE monitor_checks SET due_at = NULL WHERE region IS NOT NULL
        """
    )
    with op.batch_alter_table("monitor_checks") as table:
        table.drop_column("region")
    op.create_index(
        op.f("ix_monitor_checks_website_id_due_at"),
        "monitor_checks",
        ["website_id", "due_at"],
        unique=True,
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
    )
    with op.batch_alter_table("websites") as table:
        table.drop_column("quorum")
        table.drop_column("regions")
