"""Add check options, and more results of checks: download, redirects, address, version, size, error kind.

Revision ID: e7a2c94b15d8
Revises: b3e91f04c6d7
"""

import sqlalchemy as sa

from alembic import op

revision = "e7a2c94b15d8"
down_revision = "b3e91f04c6d7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("websites") as batch:
        batch.add_column(sa.Column("check_options", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("monitor_checks") as batch:
        batch.add_column(sa.Column("download_time_ms", sa.Double(), nullable=True))
        batch.add_column(sa.Column("redirect_count", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("final_url", sa.Text(), nullable=True))
        batch.add_column(sa.Column("remote_address", sa.String(64), nullable=True))
        batch.add_column(sa.Column("http_version", sa.String(16), nullable=True))
        batch.add_column(sa.Column("body_bytes", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("error_kind", sa.String(32), nullable=True))


def downgrade() -> None:
    names = "error_kind body_bytes http_version remote_address final_url redirect_count download_time_ms"
    with op.batch_alter_table("monitor_checks") as batch:
        for name in names.split():
            batch.drop_column(name)
    with op.batch_alter_table("websites") as batch:
        batch.drop_column("check_options")
