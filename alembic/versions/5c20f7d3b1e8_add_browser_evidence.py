"""Add browser evidence: the result of a session, details of exchanges, console messages and artifacts.

Revision ID: 5c20f7d3b1e8
Revises: 1a96e5049f0d
"""

import sqlalchemy as sa

from alembic import op

revision = "5c20f7d3b1e8"
down_revision = "1a96e5049f0d"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATE = sa.Enum("QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT", name="debugsessionstate")
TRIGGER = sa.Enum("MANUAL", "FAILURE", "RECOVERY", "BASELINE", "IMPORT", name="sessiontrigger")
ARTIFACT_KIND = sa.Enum("SCREENSHOT", "FRAME", "TRACE", name="artifactkind")


def session_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("state", STATE, nullable=True),
        sa.Column("trigger", TRIGGER, nullable=True),
        sa.Column("url", sa.String(2048), nullable=True),
        sa.Column("title", sa.String(512), nullable=True),
        sa.Column("browser_version", sa.String(64), nullable=True),
        sa.Column("options", sa.JSON(), nullable=True),
        sa.Column("milestones", sa.JSON(), nullable=True),
        sa.Column("request_count", sa.Integer(), nullable=True),
        sa.Column("failed_count", sa.Integer(), nullable=True),
        sa.Column("dropped_count", sa.Integer(), nullable=True),
        sa.Column("encoded_bytes", sa.BigInteger(), nullable=True),
        sa.Column("is_redacted", sa.Boolean(), nullable=True),
    ]


def event_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("exchange_id", sa.String(80), nullable=True),
        sa.Column("redirected_from", sa.String(80), nullable=True),
        sa.Column("preflight_for", sa.String(80), nullable=True),
        sa.Column("resource_type", sa.String(32), nullable=True),
        sa.Column("status_text", sa.String(255), nullable=True),
        sa.Column("mime_type", sa.String(255), nullable=True),
        sa.Column("protocol", sa.String(32), nullable=True),
        sa.Column("remote_address", sa.String(64), nullable=True),
        sa.Column("connection_id", sa.String(32), nullable=True),
        sa.Column("is_connection_reused", sa.Boolean(), nullable=True),
        sa.Column("priority", sa.String(16), nullable=True),
        sa.Column("initiator", sa.JSON(), nullable=True),
        sa.Column("from_cache", sa.String(16), nullable=True),
        sa.Column("started_ms", sa.Double(), nullable=True),
        sa.Column("phases", sa.JSON(), nullable=True),
        sa.Column("encoded_bytes", sa.BigInteger(), nullable=True),
        sa.Column("decoded_bytes", sa.BigInteger(), nullable=True),
        sa.Column("request_payload_encoding", sa.String(16), nullable=True),
        sa.Column("response_payload_encoding", sa.String(16), nullable=True),
        sa.Column("is_response_payload_truncated", sa.Boolean(), nullable=True),
        sa.Column("response_payload_sha256", sa.String(64), nullable=True),
        sa.Column("target", sa.String(32), nullable=True),
        sa.Column("details", sa.JSON(), nullable=True),
    ]


def upgrade() -> None:
    STATE.create(op.get_bind(), checkfirst=True)  # ADD COLUMN does not make PostgreSQL's type
    TRIGGER.create(op.get_bind(), checkfirst=True)
    for column in session_columns():
        op.add_column("debug_sessions", column)
    for column in event_columns():
        op.add_column("network_events", column)
    op.create_index(
        "ix_network_events_debug_session_id_exchange_id", "network_events", ["debug_session_id", "exchange_id"]
    )
    op.create_table(
        "console_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("debug_session_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("line_number", sa.Integer(), nullable=True),
        sa.Column("column_number", sa.Integer(), nullable=True),
        sa.Column("stack", sa.JSON(), nullable=True),
        sa.Column("exchange_id", sa.String(80), nullable=True),
        sa.Column("timestamp", INSTANT, nullable=False),
        sa.Column("offset_ms", sa.Double(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_messages"),
        sa.ForeignKeyConstraint(
            ["debug_session_id"],
            ["debug_sessions.id"],
            name="fk_console_messages_debug_session_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_console_messages_debug_session_id_offset_ms", "console_messages", ["debug_session_id", "offset_ms"]
    )
    op.create_table(
        "session_artifacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("debug_session_id", sa.Integer(), nullable=False),
        sa.Column("kind", ARTIFACT_KIND, nullable=False),
        sa.Column("mime_type", sa.String(255), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("timestamp", INSTANT, nullable=False),
        sa.Column("offset_ms", sa.Double(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session_artifacts"),
        sa.ForeignKeyConstraint(
            ["debug_session_id"],
            ["debug_sessions.id"],
            name="fk_session_artifacts_debug_session_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_session_artifacts_debug_session_id_offset_ms", "session_artifacts", ["debug_session_id", "offset_ms"]
    )


def downgrade() -> None:
    op.drop_table("session_artifacts")
    op.drop_table("console_messages")
    op.drop_index("ix_network_events_debug_session_id_exchange_id", table_name="network_events")
    with op.batch_alter_table("network_events") as batch:
        for column in event_columns():
            batch.drop_column(column.name)
    with op.batch_alter_table("debug_sessions") as batch:
        for column in session_columns():
            batch.drop_column(column.name)
    for enum in (ARTIFACT_KIND, TRIGGER, STATE):
        enum.drop(op.get_bind(), checkfirst=True)
