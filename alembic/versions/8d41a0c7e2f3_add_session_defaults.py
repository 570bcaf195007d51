"""Add session defaults: how debug sessions open a website.

Revision ID: 8d41a0c7e2f3
Revises: 5c20f7d3b1e8
"""

import sqlalchemy as sa

from alembic import op

revision = "8d41a0c7e2f3"
down_revision = "5c20f7d3b1e8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("websites") as batch:
        batch.add_column(sa.Column("session_defaults", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("websites") as batch:
        batch.drop_column("session_defaults")
