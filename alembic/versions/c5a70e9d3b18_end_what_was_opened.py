"""Add incidents that are open at services, so that each of them is ended.

Revision ID: c5a70e9d3b18
Revises: b6d2f9a41e73
"""

import sqlalchemy as sa

from alembic import op

revision = "c5a70e9d3b18"
down_revision = "b6d2f9a41e73"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("ends_because", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["notification_channels.id"], name=op.f("fk_open_incidents_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_incidents")),
    )
    op.create_index(op.f("ix_open_incidents_channel_id_key"), "open_incidents", ["channel_id", "key"], unique=True)


def downgrade() -> None:
    op.drop_table("open_incidents")
