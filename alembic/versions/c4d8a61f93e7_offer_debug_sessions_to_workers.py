"""Add what a worker needs to run a debug session that another process has queued.

Revision ID: c4d8a61f93e7
Revises: b6e2f81d4c70
"""

import sqlalchemy as sa

from alembic import op

revision = "c4d8a61f93e7"
down_revision = "b6e2f81d4c70"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("debug_sessions", sa.Column("job", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("debug_sessions") as table:
        table.drop_column("job")
