"""Add the times at which a person ended an occurrence of maintenance early.

Revision ID: 2d732212fb6d
Revises: 2945667e24b1
"""

import sqlalchemy as sa

from alembic import op

revision = "2d732212fb6d"
down_revision = "2945667e24b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("maintenance_windows") as batch:
        batch.add_column(sa.Column("ended_early", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("maintenance_windows") as batch:
        batch.drop_column("ended_early")
