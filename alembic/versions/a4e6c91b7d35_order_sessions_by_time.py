"""Add an index that orders debug sessions by time, for their list and for retention.

Revision ID: a4e6c91b7d35
Revises: d8a5e20c7b41
"""

from alembic import op

revision = "a4e6c91b7d35"
down_revision = "d8a5e20c7b41"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_debug_sessions_started_at"), "debug_sessions", ["started_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_debug_sessions_started_at"), table_name="debug_sessions")
