"""Add monitoring models: the five core entities.

Revision ID: 1a96e5049f0d
Revises: 001
"""

import sqlalchemy as sa

from alembic import op

revision = "1a96e5049f0d"
down_revision = "001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
MONITOR_STATUS = sa.Enum("UP", "DOWN", "DEGRADED", "UNKNOWN", name="monitorstatus")
HTTP_METHOD = sa.Enum("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", name="httpmethod")
EVENT_TYPE = sa.Enum("REQUEST", "RESPONSE", "ERROR", "REDIRECT", "TIMEOUT", name="networkeventtype")


def upgrade() -> None:
    op.create_table(
        "websites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("check_interval", sa.Integer(), nullable=False),
        sa.Column("timeout", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_websites"),
        sa.UniqueConstraint("url", name="uq_websites_url"),
    )
    op.create_index("ix_websites_is_active_url", "websites", ["is_active", "url"])
    op.create_table(
        "monitor_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("status", MONITOR_STATUS, nullable=False),
        sa.Column("http_status_code", sa.Integer(), nullable=True),
        sa.Column("http_method", HTTP_METHOD, nullable=False),
        sa.Column("response_time_ms", sa.Double(), nullable=True),
        sa.Column("dns_time_ms", sa.Double(), nullable=True),
        sa.Column("connect_time_ms", sa.Double(), nullable=True),
        sa.Column("tls_time_ms", sa.Double(), nullable=True),
        sa.Column("ttfb_ms", sa.Double(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_monitor_checks"),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name="fk_monitor_checks_website_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_monitor_checks_website_id_checked_at", "monitor_checks", ["website_id", "checked_at"])
    op.create_index("ix_monitor_checks_status_checked_at", "monitor_checks", ["status", "checked_at"])
    op.create_table(
        "downtime_windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("duration_seconds", sa.Double(), nullable=True),
        sa.Column("initial_status", MONITOR_STATUS, nullable=False),
        sa.Column("recovery_status", MONITOR_STATUS, nullable=True),
        sa.Column("affected_checks_count", sa.Integer(), nullable=False),
        sa.Column("root_cause", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_downtime_windows"),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name="fk_downtime_windows_website_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_downtime_windows_website_id_started_at", "downtime_windows", ["website_id", "started_at"])
    op.create_index("ix_downtime_windows_website_id_ended_at", "downtime_windows", ["website_id", "ended_at"])
    op.create_table(
        "debug_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("session_key", sa.String(64), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("success", sa.Boolean(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.String(512), nullable=True),
        sa.Column("browser_type", sa.String(32), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_debug_sessions"),
        sa.UniqueConstraint("session_key", name="uq_debug_sessions_session_key"),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name="fk_debug_sessions_website_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_debug_sessions_website_id_started_at", "debug_sessions", ["website_id", "started_at"])
    op.create_table(
        "network_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("debug_session_id", sa.Integer(), nullable=False),
        sa.Column("event_type", EVENT_TYPE, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("method", sa.String(32), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("request_headers", sa.JSON(), nullable=True),
        sa.Column("response_headers", sa.JSON(), nullable=True),
        sa.Column("request_payload", sa.Text(), nullable=True),
        sa.Column("response_payload", sa.Text(), nullable=True),
        sa.Column("timestamp", INSTANT, nullable=False),
        sa.Column("duration_ms", sa.Double(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_network_events"),
        sa.ForeignKeyConstraint(
            ["debug_session_id"],
            ["debug_sessions.id"],
            name="fk_network_events_debug_session_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_network_events_debug_session_id_timestamp", "network_events", ["debug_session_id", "timestamp"])
    op.create_index("ix_network_events_event_type_timestamp", "network_events", ["event_type", "timestamp"])


def downgrade() -> None:
    for table in ("network_events", "debug_sessions", "downtime_windows", "monitor_checks", "websites"):
        op.drop_table(table)
    for enum in (EVENT_TYPE, HTTP_METHOD, MONITOR_STATUS):
        enum.drop(op.get_bind(), checkfirst=True)  # PostgreSQL keeps a type when its last column goes
