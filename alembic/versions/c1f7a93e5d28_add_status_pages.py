"""Add status pages with their subscribers and mails, public updates of windows, and what is public.

Revision ID: c1f7a93e5d28
Revises: d5b20f9c7e18
"""

import sqlalchemy as sa

from alembic import op

revision = "c1f7a93e5d28"
down_revision = "d5b20f9c7e18"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("websites", sa.Column("is_public", sa.Boolean(), nullable=True))
    op.create_table(
        "status_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(64), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("logo", sa.Text(), nullable=True),
        sa.Column("domain", sa.String(255), nullable=True),
        sa.Column("password_hash", sa.String(255), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("managed_by", sa.String(64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_status_pages"),
        sa.UniqueConstraint("slug", name="uq_status_pages_slug"),
        sa.UniqueConstraint("domain", name="uq_status_pages_domain"),
        _reference("status_pages", "channel_id", "notification_channels", ondelete="SET NULL"),
    )
    op.create_index("ix_status_pages_channel_id", "status_pages", ["channel_id"])
    op.create_table(
        "status_page_entries",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.String(255), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "website_id", name="pk_status_page_entries"),
        _reference("status_page_entries", "page_id", "status_pages"),
        _reference("status_page_entries", "website_id", "websites"),
    )
    op.create_index("ix_status_page_entries_website_id", "status_page_entries", ["website_id"])
    op.create_table(
        "window_updates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(320), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_window_updates"),
        _reference("window_updates", "window_id", "downtime_windows"),
    )
    op.create_index("ix_window_updates_window_id_created_at", "window_updates", ["window_id", "created_at"])
    _subscribers()


def _subscribers() -> None:
    op.create_table(
        "status_subscribers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_status_subscribers"),
        sa.UniqueConstraint("token", name="uq_status_subscribers_token"),
        _reference("status_subscribers", "page_id", "status_pages"),
    )
    op.create_index("uq_status_subscribers_page_id_email", "status_subscribers", ["page_id", "email"], unique=True)
    op.create_table(
        "status_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(512), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_status_mails"),
        sa.UniqueConstraint("key", name="uq_status_mails_key"),
        _reference("status_mails", "subscriber_id", "status_subscribers"),
    )
    op.create_index("ix_status_mails_sent_at_due_at", "status_mails", ["sent_at", "due_at"])
    op.create_index("ix_status_mails_subscriber_id", "status_mails", ["subscriber_id"])


def downgrade() -> None:
    for table in ("status_mails", "status_subscribers", "window_updates", "status_page_entries", "status_pages"):
        op.drop_table(table)
    op.drop_column("websites", "is_public")


def _reference(table: str, column: str, target: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)
