"""Initial placeholder: a store that knows its revision and nothing else.

Revision ID: 001
Revises:
"""

revision = "001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
