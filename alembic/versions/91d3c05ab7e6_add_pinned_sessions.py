"""Add pinned debug sessions, which are never deleted by age.

Revision ID: 91d3c05ab7e6
Revises: c4d18f6a92be
"""

import sqlalchemy as sa

from alembic import op

revision = "91d3c05ab7e6"
down_revision = "c4d18f6a92be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("debug_sessions") as batch:
        batch.add_column(sa.Column("is_pinned", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("debug_sessions") as batch:
        batch.drop_column("is_pinned")
