"""Add when a website was paused, for checks that are stored only afterwards.

For websites that are paused during the migration the time stays unknown, and their checks are judged as before.

Revision ID: e5b8c20d7f94
Revises: d2f7b6a08c53
"""

import sqlalchemy as sa

from alembic import op

revision = "e5b8c20d7f94"
down_revision = "d2f7b6a08c53"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["website_id"], ["websites.id"], name=op.f("fk_pauses_website_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index(op.f("ix_pauses_website_id_ended_at"), "pauses", ["website_id", "ended_at"])


def downgrade() -> None:
    op.drop_table("pauses")
