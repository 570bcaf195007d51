"""Name what interrupted an exchange: so far only the wording of its error message told.

Revision ID: 7d2e91a6c40b
Revises: d17f4c86b25a
"""

import sqlalchemy as sa

from alembic import op

revision = "7d2e91a6c40b"
down_revision = "d17f4c86b25a"
branch_labels = None
depends_on = None

MESSAGES = {
    "session_end": (
        "The response had started but had not finished when the session ended.",
        "The answer had begun, and had not ended when the session did.",
    ),
    "navigation": (
        "The page was left before a response arrived (ERR_ABORTED).",
        "The page was left before an answer came (ERR_ABORTED).",
    ),
}
EVENTS = sa.table("network_events", sa.column("error_message"), sa.column("interruption"))


def upgrade() -> None:
    op.add_column("network_events", sa.Column("interruption", sa.String(16), nullable=True))
    for interruption, messages in MESSAGES.items():
        op.execute(EVENTS.update().where(EVENTS.c.error_message.in_(messages)).values(interruption=interruption))


def downgrade() -> None:
    op.drop_column("network_events", "interruption")
