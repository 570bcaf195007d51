"""Exclude checks that are UP from the index by status: most are, and each changed a page of it.

Revision ID: d8a5e20c7b41
Revises: c3f18a6d52e7
"""

from alembic import op

revision = "d8a5e20c7b41"
down_revision = "c3f18a6d52e7"
branch_labels = None
depends_on = None

INDEX = "ix_monitor_checks_status_checked_at"
MADE = f"CREATE INDEX {INDEX} ON monitor_checks (status, checked_at)"


def upgrade() -> None:
    op.execute(f"DROP INDEX {INDEX}")
    op.execute(f"{MADE} WHERE status <> 'UP'")


def downgrade() -> None:
    op.execute(f"DROP INDEX {INDEX}")
    op.execute(MADE)
