"""Add notifications: channels, rules, the outbox, and who acknowledged a downtime window.

Revision ID: f2b6d80c4a19
Revises: a9d4e1c7f305
"""

import sqlalchemy as sa

from alembic import op

revision = "f2b6d80c4a19"
down_revision = "a9d4e1c7f305"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KIND = sa.Enum("APPRISE", "WEBHOOK", "EMAIL", name="channelkind")
EVENT = sa.Enum("DOWN", "UP", "DEGRADED", "CERTIFICATE", name="notificationevent")
STATE = sa.Enum("PENDING", "SENT", "FAILED", "SKIPPED", name="notificationstate")


def upgrade() -> None:
    op.create_table(
        "notification_channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("sealed_address", sa.Text(), nullable=False),
        sa.Column("summary", sa.String(255), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification_channels"),
        sa.UniqueConstraint("name", name="uq_notification_channels_name"),
    )
    op.create_table(
        "notification_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("after_seconds", sa.Integer(), nullable=False),
        sa.Column("unless_acknowledged", sa.Boolean(), nullable=False),
        sa.Column("certificate_days", sa.Integer(), nullable=False),
        sa.Column("cooldown_seconds", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.String(5), nullable=True),
        sa.Column("quiet_until", sa.String(5), nullable=True),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification_rules"),
        _reference("notification_rules", "channel_id", "notification_channels"),
        _reference("notification_rules", "website_id", "websites"),
        _reference("notification_rules", "tag_id", "tags"),
    )
    for column in ("channel_id", "website_id", "tag_id"):
        op.create_index(f"ix_notification_rules_{column}", "notification_rules", [column])
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=True),
        sa.Column("event", EVENT, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.UniqueConstraint("key", name="uq_notifications_key"),
        _reference("notifications", "channel_id", "notification_channels"),
        _reference("notifications", "rule_id", "notification_rules", ondelete="SET NULL"),
        _reference("notifications", "website_id", "websites"),
        _reference("notifications", "window_id", "downtime_windows"),
    )
    op.create_index("ix_notifications_state_due_at", "notifications", ["state", "due_at"])
    op.create_index("ix_notifications_website_id_created_at", "notifications", ["website_id", "created_at"])
    for column in ("window_id", "channel_id", "rule_id"):
        op.create_index(f"ix_notifications_{column}", "notifications", [column])
    op.add_column("downtime_windows", sa.Column("acknowledged_at", INSTANT, nullable=True))
    op.add_column("downtime_windows", sa.Column("acknowledged_by", sa.String(320), nullable=True))


def downgrade() -> None:
    op.drop_column("downtime_windows", "acknowledged_by")
    op.drop_column("downtime_windows", "acknowledged_at")
    for table in ("notifications", "notification_rules", "notification_channels"):
        op.drop_table(table)
    for enum in (STATE, EVENT, KIND):
        enum.drop(op.get_bind(), checkfirst=True)


def _reference(table: str, column: str, target: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)
