"""Add how long a channel's service asks not to be contacted.

Revision ID: a3e6b1f4c827
Revises: f7c2d8a91e35
"""

import sqlalchemy as sa

from alembic import op

revision = "a3e6b1f4c827"
down_revision = "f7c2d8a91e35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notification_channels", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("notification_channels", "rests_until")
