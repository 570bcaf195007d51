"""Let configuration files manage monthly reports.

Revision ID: f7c2d8a91e35
Revises: e5a9c3d71f84
"""

import sqlalchemy as sa

from alembic import op

revision = "f7c2d8a91e35"
down_revision = "e5a9c3d71f84"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("monthly_reports", sa.Column("managed_by", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("monthly_reports", "managed_by")
