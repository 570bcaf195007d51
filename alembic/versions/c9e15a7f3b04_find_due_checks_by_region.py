"""Add an index of due checks by region, so that no region reads the overdue checks of another one.

Revision ID: c9e15a7f3b04
Revises: a7d3f0b85e62
"""

from alembic import op

revision = "c9e15a7f3b04"
down_revision = "a7d3f0b85e62"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_check_schedules_next_due_at"), table_name="check_schedules")
    op.create_index(op.f("ix_check_schedules_region_next_due_at"), "check_schedules", ["region", "next_due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_check_schedules_region_next_due_at"), table_name="check_schedules")
    op.create_index(op.f("ix_check_schedules_next_due_at"), "check_schedules", ["next_due_at"])
