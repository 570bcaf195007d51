"""Add an index for debug sessions that wait or run.

Revision ID: c93e5f7a1d60
Revises: b5f0c92d7e14
"""

from alembic import op

revision = "c93e5f7a1d60"
down_revision = "b5f0c92d7e14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_debug_sessions_state"), "debug_sessions", ["state"])


def downgrade() -> None:
    op.drop_index(op.f("ix_debug_sessions_state"), table_name="debug_sessions")
