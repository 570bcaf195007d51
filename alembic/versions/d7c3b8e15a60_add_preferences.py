"""Add preferences: the settings of a person for their own screens.

Revision ID: d7c3b8e15a60
Revises: d3b7e5a0914c
"""

import sqlalchemy as sa

from alembic import op

revision = "d7c3b8e15a60"
down_revision = "d3b7e5a0914c"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", name="pk_preferences"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_preferences_user_id", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("preferences")
