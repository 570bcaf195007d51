"""Add rollups: statistics of checks per minute, hour and day, and how far each website is rolled up.

Housekeeping rolls up existing checks after the migration, in slices.

Revision ID: a3f7d92e41c6
Revises: c1f7a93e5d28
"""

import sqlalchemy as sa

from alembic import op

revision = "a3f7d92e41c6"
down_revision = "c1f7a93e5d28"
branch_labels = None
depends_on = None

TABLES = ("rollup_minutes", "rollup_hours", "rollup_days")
COUNTS = ("up", "degraded", "down", "unknown", "answered")
PHASES = ("dns", "connect", "tls", "ttfb", "download")


def upgrade() -> None:
    for name in TABLES:
        phases = [
            column
            for phase in PHASES
            for column in (
                sa.Column(f"{phase}_ms", sa.Double(), nullable=False),
                sa.Column(f"{phase}_checks", sa.Integer(), nullable=False),
            )
        ]
        op.create_table(
            name,
            sa.Column("website_id", sa.Integer(), nullable=False),
            sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
            *(sa.Column(count, sa.Integer(), nullable=False) for count in COUNTS),
            sa.Column("response_ms", sa.Double(), nullable=False),
            sa.Column("fastest_ms", sa.Double(), nullable=True),
            sa.Column("slowest_ms", sa.Double(), nullable=True),
            *phases,
            sa.Column("sketch", sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(
                ["website_id"], ["websites.id"], name=op.f(f"fk_{name}_website_id"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("website_id", "bucket", name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
    with op.batch_alter_table("website_states") as batch:
        batch.add_column(sa.Column("rolled_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("website_states") as batch:
        batch.drop_column("rolled_until")
    for name in reversed(TABLES):
        op.drop_table(name)
