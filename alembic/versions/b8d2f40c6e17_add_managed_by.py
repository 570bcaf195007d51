"""Add the name of the configuration file that manages an object.

Revision ID: b8d2f40c6e17
Revises: d7c3b8e15a60
"""

import sqlalchemy as sa

from alembic import op

revision = "b8d2f40c6e17"
down_revision = "d7c3b8e15a60"
branch_labels = None
depends_on = None

TABLES = ("websites", "maintenance_windows", "notification_channels", "notification_rules")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("managed_by", sa.String(64), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "managed_by")
