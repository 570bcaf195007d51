"""Add the delay with which a check started.

Revision ID: c4d18f6a92be
Revises: e7a2c94b15d8
"""

import sqlalchemy as sa

from alembic import op

revision = "c4d18f6a92be"
down_revision = "e7a2c94b15d8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("monitor_checks", sa.Column("lag_ms", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("monitor_checks") as table:
        table.drop_column("lag_ms")
