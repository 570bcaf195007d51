"""Add looks and findings, and link debug sessions to the failures that they show.

Revision ID: a9d4e1c7f305
Revises: 2d732212fb6d
"""

import sqlalchemy as sa

from alembic import op

revision = "a9d4e1c7f305"
down_revision = "2d732212fb6d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("website_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=True),
        sa.Column("check_id", sa.Integer(), nullable=True),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Double(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["website_id"], ["websites.id"], name=op.f("fk_looks_website_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["window_id"], ["downtime_windows.id"], name=op.f("fk_looks_window_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    op.create_index(op.f("ix_looks_website_id_began_at"), "looks", ["website_id", "began_at"])
    op.create_index(op.f("ix_looks_window_id"), "looks", ["window_id"])
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=True),
        sa.Column("debug_session_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("rests_on", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["window_id"], ["downtime_windows.id"], name=op.f("fk_findings_window_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["debug_session_id"], ["debug_sessions.id"], name=op.f("fk_findings_debug_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_window_id_position"), "findings", ["window_id", "position"])
    op.create_index(op.f("ix_findings_debug_session_id_position"), "findings", ["debug_session_id", "position"])
    with op.batch_alter_table("debug_sessions") as batch:
        batch.add_column(sa.Column("window_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("check_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_debug_sessions_window_id"), "downtime_windows", ["window_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index(op.f("ix_debug_sessions_window_id"), ["window_id"])
    op.add_column("downtime_windows", sa.Column("is_cause_given", sa.Boolean(), nullable=True))
    op.add_column("websites", sa.Column("auto_debug", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("websites") as batch:
        batch.drop_column("auto_debug")
    with op.batch_alter_table("downtime_windows") as batch:
        batch.drop_column("is_cause_given")
    with op.batch_alter_table("debug_sessions") as batch:
        batch.drop_index(op.f("ix_debug_sessions_window_id"))
        batch.drop_constraint(op.f("fk_debug_sessions_window_id"), type_="foreignkey")
        batch.drop_column("check_id")
        batch.drop_column("window_id")
    op.drop_table("findings")
    op.drop_table("looks")
