"""Add flapping: the periods in which websites flap, and notifications about them.

Revision ID: 6f1c8e2ab09d
Revises: b8d2f40c6e17
"""

import sqlalchemy as sa

from alembic import op

revision = "6f1c8e2ab09d"
down_revision = "b8d2f40c6e17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flapping_spans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["website_id"], ["websites.id"], name=op.f("fk_flapping_spans_website_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flapping_spans")),
    )
    op.create_index(op.f("ix_flapping_spans_website_id_ended_at"), "flapping_spans", ["website_id", "ended_at"])
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps enums as text
        op.execute("ALTER TYPE notificationevent ADD VALUE IF NOT EXISTS 'FLAPPING'")


def downgrade() -> None:
    op.execute("DELETE FROM notifications WHERE CAST(event AS VARCHAR(16)) = 'FLAPPING'")
    if op.get_bind().dialect.name == "postgresql":  # which cannot take a value away from a type
        op.execute("ALTER TYPE notificationevent RENAME TO notificationevent_before")
        op.execute("CREATE TYPE notificationevent AS ENUM ('DOWN', 'UP', 'DEGRADED', 'CERTIFICATE')")
        op.execute(
            "ALTER TABLE notifications ALTER COLUMN event TYPE notificationevent USING event::text::notificationevent"
        )
        op.execute("DROP TYPE notificationevent_before")
    op.drop_index(op.f("ix_flapping_spans_website_id_ended_at"), table_name="flapping_spans")
    op.drop_table("flapping_spans")
