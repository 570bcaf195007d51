"""Add the website that a website depends on.

Revision ID: d1f4b7a93c20
Revises: c7d9a2e4b618
"""

import sqlalchemy as sa

from alembic import op

revision = "d1f4b7a93c20"
down_revision = "c7d9a2e4b618"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("websites", sa.Column("depends_on", sa.String(2048), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("websites") as table:
        table.drop_column("depends_on")
