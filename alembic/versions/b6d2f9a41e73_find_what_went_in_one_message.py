"""Add an index for the notifications of one message.

Revision ID: b6d2f9a41e73
Revises: a3e6b1f4c827
"""

from alembic import op

revision = "b6d2f9a41e73"
down_revision = "a3e6b1f4c827"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_notifications_channel_id_sent_at"), "notifications", ["channel_id", "sent_at"])
    op.drop_index(op.f("ix_notifications_channel_id"), "notifications")


def downgrade() -> None:
    op.create_index(op.f("ix_notifications_channel_id"), "notifications", ["channel_id"])
    op.drop_index(op.f("ix_notifications_channel_id_sent_at"), "notifications")
