"""Add the deliveries of monthly reports: when, to whom, and the mail server's answer.

Revision ID: d17f4c86b25a
Revises: c5a70e9d3b18
"""

import sqlalchemy as sa

from alembic import op

revision = "d17f4c86b25a"
down_revision = "c5a70e9d3b18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("is_planned", sa.Boolean(), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["monthly_reports.id"], name=op.f("fk_report_deliveries_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_deliveries")),
    )
    op.create_index(op.f("ix_report_deliveries_report_id_id"), "report_deliveries", ["report_id", "id"])


def downgrade() -> None:
    op.drop_table("report_deliveries")
