"""Add coverage, maintenance windows and tags, from which uptime is calculated.

Revision ID: b3e91f04c6d7
Revises: 8d41a0c7e2f3
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "b3e91f04c6d7"
down_revision = "8d41a0c7e2f3"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORDS = ("UP", "DOWN", "DEGRADED", "UNKNOWN")
# The type exists already: it is created and dropped with the core entities.
MONITOR_STATUS = sa.Enum(*WORDS, name="monitorstatus").with_variant(
    postgresql.ENUM(*WORDS, name="monitorstatus", create_type=False), "postgresql"
)


def upgrade() -> None:
    op.create_table(
        "website_states",
        sa.Column("website_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("status", MONITOR_STATUS, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("known_since", INSTANT, nullable=True),
        sa.Column("known_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("website_id", name="pk_website_states"),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name="fk_website_states_website_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "coverage_spans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coverage_spans"),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name="fk_coverage_spans_website_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_coverage_spans_website_id_ended_at", "coverage_spans", ["website_id", "ended_at"])
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("name", name="uq_tags_name"),
    )
    op.create_table(
        "website_tags",
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("website_id", "tag_id", name="pk_website_tags"),
        sa.ForeignKeyConstraint(["website_id"], ["websites.id"], name="fk_website_tags_website_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_website_tags_tag_id", ondelete="CASCADE"),
    )
    op.create_index("ix_website_tags_tag_id_website_id", "website_tags", ["tag_id", "website_id"])
    op.create_table(
        "maintenance_windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=False),
        sa.Column("recurrence", sa.String(512), nullable=True),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_maintenance_windows"),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name="fk_maintenance_windows_website_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_maintenance_windows_tag_id", ondelete="CASCADE"),
    )
    op.create_index("ix_maintenance_windows_website_id", "maintenance_windows", ["website_id"])
    op.create_index("ix_maintenance_windows_tag_id", "maintenance_windows", ["tag_id"])


def downgrade() -> None:
    for table in ("maintenance_windows", "website_tags", "tags", "coverage_spans", "website_states"):
        op.drop_table(table)
