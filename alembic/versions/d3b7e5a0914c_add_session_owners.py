"""Add the process that runs a debug session, and until when its lease lasts.

Revision ID: d3b7e5a0914c
Revises: f2b6d80c4a19
"""

import sqlalchemy as sa

from alembic import op

revision = "d3b7e5a0914c"
down_revision = "f2b6d80c4a19"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("debug_sessions") as batch:
        batch.add_column(sa.Column("owner", sa.String(160), nullable=True))
        batch.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("debug_sessions") as batch:
        batch.drop_column("lease_until")
        batch.drop_column("owner")
