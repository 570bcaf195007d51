"""Partition network events by month on PostgreSQL: the existing table becomes the default partition without copying.

SQLite keeps a single table.

Revision ID: b7e94d30c6a1
Revises: a5d27c91e3b6
"""

import sqlalchemy as sa

from alembic import op

revision = "b7e94d30c6a1"
down_revision = "a5d27c91e3b6"
branch_labels = None
depends_on = None

WHOLE, REST = "network_events", "network_events_default"
INDEXES = {
    "ix_network_events_debug_session_id_timestamp": f"{REST}_debug_session_id_timestamp_idx",
    "ix_network_events_event_type_timestamp": f"{REST}_event_type_timestamp_idx",
    "ix_network_events_debug_session_id_exchange_id": f"{REST}_debug_session_id_exchange_id_idx",
    "ix_event_words": f"{REST}_to_tsvector_idx",
}
"""By their names, as PostgreSQL calls those of the rest."""
SESSION = (
    f"ALTER TABLE {WHOLE} ADD CONSTRAINT fk_network_events_debug_session_id "
    "FOREIGN KEY (debug_session_id) REFERENCES debug_sessions (id) ON DELETE CASCADE"
)


def upgrade() -> None:
    op.add_column(WHOLE, sa.Column("month", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        return
    indexes = _indexes()
    op.execute(f"ALTER TABLE {WHOLE} RENAME TO {REST}")
    op.execute(f"ALTER TABLE {REST} RENAME CONSTRAINT pk_{WHOLE} TO pk_{REST}")
    for name, of_rest in INDEXES.items():
        op.execute(f"ALTER INDEX {name} RENAME TO {of_rest}")
    op.execute(f"CREATE TABLE {WHOLE} (LIKE {REST} INCLUDING DEFAULTS) PARTITION BY LIST (month)")
    op.execute(f"ALTER SEQUENCE {WHOLE}_id_seq OWNED BY {WHOLE}.id")
    for statement in (SESSION, *indexes):
        op.execute(statement)
    op.execute(f"ALTER TABLE {WHOLE} ATTACH PARTITION {REST} FOR VALUES IN (NULL)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"UPDATE {WHOLE} SET month = NULL WHERE month IS NOT NULL")  # noqa: S608 - into the rest
        op.execute(f"ALTER TABLE {WHOLE} DETACH PARTITION {REST}")
        op.execute(f"ALTER SEQUENCE {WHOLE}_id_seq OWNED BY {REST}.id")
        op.execute(f"DROP TABLE {WHOLE}")
        op.execute(f"ALTER TABLE {REST} RENAME TO {WHOLE}")
        op.execute(f"ALTER TABLE {WHOLE} RENAME CONSTRAINT pk_{REST} TO pk_{WHOLE}")
        for name, of_rest in INDEXES.items():
            op.execute(f"ALTER INDEX {of_rest} RENAME TO {name}")
    op.drop_column(WHOLE, "month")


def _indexes() -> list[str]:
    """Return the statements that create the partitioned indexes; the default partition's equal ones are attached."""
    found = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = ANY(:names)"
    return list(op.get_bind().scalars(sa.text(found), {"names": list(INDEXES)}))
