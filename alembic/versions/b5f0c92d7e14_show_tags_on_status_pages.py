"""Let status pages show the websites with a tag.

Revision ID: b5f0c92d7e14
Revises: a4e6c91b7d35
"""

import sqlalchemy as sa

from alembic import op

revision = "b5f0c92d7e14"
down_revision = "a4e6c91b7d35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_page_tags",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.String(255), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "tag_id", name="pk_status_page_tags"),
        sa.ForeignKeyConstraint(
            ["page_id"], ["status_pages.id"], name="fk_status_page_tags_page_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_status_page_tags_tag_id", ondelete="CASCADE"),
    )
    op.create_index("ix_status_page_tags_tag_id", "status_page_tags", ["tag_id"])


def downgrade() -> None:
    op.drop_table("status_page_tags")
