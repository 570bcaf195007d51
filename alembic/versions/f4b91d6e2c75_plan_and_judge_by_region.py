"""Plan checks by region, and store the result of each region and when it was last heard.

Revision ID: f4b91d6e2c75
Revises: f4c81b7d2e96
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "f4b91d6e2c75"
down_revision = "f4c81b7d2e96"
branch_labels = None
depends_on = None

WORDS = ("UP", "DOWN", "DEGRADED", "UNKNOWN")
STATUS = sa.Enum(*WORDS, name="monitorstatus").with_variant(
    postgresql.ENUM(*WORDS, name="monitorstatus", create_type=False), "postgresql"
)


def upgrade() -> None:
    op.add_column("monitor_checks", sa.Column("region_status", STATUS, nullable=True))
    op.add_column("monitor_checks", sa.Column("region_message", sa.Text(), nullable=True))
    _plan(by_region=True)
    op.create_table(
        "regions",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_regions")),
    )
    op.create_table(
        "region_states",
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("is_down", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("response_time_ms", sa.Double(), nullable=True),
        sa.Column("http_status_code", sa.Integer(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_kind", sa.String(32), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("available_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_checks", sa.Integer(), nullable=True),
        sa.Column("run_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name=op.f("fk_region_states_website_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("website_id", "region", name=op.f("pk_region_states")),
    )


def downgrade() -> None:
    op.drop_table("region_states")
    op.drop_table("regions")
    _plan(by_region=False)
    with op.batch_alter_table("monitor_checks") as table:
        table.drop_column("region_message")
        table.drop_column("region_status")


def _plan(*, by_region: bool) -> None:
    """Create the schedule again, because SQLite cannot alter its key; workers fill it at their start."""
    op.drop_table("check_schedules")
    region = [sa.Column("region", sa.String(32), server_default="", nullable=False)] if by_region else []
    key = ["website_id", "region"] if by_region else ["website_id"]
    op.create_table(
        "check_schedules",
        sa.Column("website_id", sa.Integer(), nullable=False),
        *region,
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_request", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name=op.f("fk_check_schedules_website_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_check_schedules")),
    )
    op.create_index(op.f("ix_check_schedules_next_due_at"), "check_schedules", ["next_due_at"])
