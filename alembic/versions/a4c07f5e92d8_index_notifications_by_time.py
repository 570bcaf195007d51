"""Index notifications by time: their log was sorted anew for each page.

Revision ID: a4c07f5e92d8
Revises: 7d2e91a6c40b
"""

from alembic import op

revision = "a4c07f5e92d8"
down_revision = "7d2e91a6c40b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_notifications_created_at_id"), "notifications", ["created_at", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_notifications_created_at_id"), "notifications")
