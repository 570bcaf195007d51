"""End open downtime windows of paused websites, which earlier versions did not, at the last known time.

Revision ID: e9b3d6f20a71
Revises: c93e5f7a1d60
"""

import sqlalchemy as sa

from alembic import op

revision = "e9b3d6f20a71"
down_revision = "c93e5f7a1d60"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WINDOWS = sa.table(
    "downtime_windows",
    sa.column("id", sa.Integer),
    sa.column("website_id", sa.Integer),
    *(sa.column(name, INSTANT) for name in ("started_at", "ended_at", "created_at")),
    sa.column("duration_seconds", sa.Double),
    sa.column("recovery_status", sa.Enum("UP", "DOWN", "DEGRADED", "UNKNOWN", name="monitorstatus")),
)
WEBSITES = sa.table(
    "websites", sa.column("id", sa.Integer), sa.column("is_active", sa.Boolean), sa.column("updated_at", INSTANT)
)
STATES = sa.table("website_states", sa.column("website_id", sa.Integer), sa.column("known_until", INSTANT))
# A pause has always ended the known time; if nothing is known, the latest change is most likely the pause.
PAUSED_AT = sa.func.coalesce(STATES.c.known_until, WEBSITES.c.updated_at, type_=INSTANT)


def upgrade() -> None:
    query = (
        sa.select(WINDOWS.c.id, WINDOWS.c.started_at, WINDOWS.c.created_at, PAUSED_AT)
        .join(WEBSITES, WEBSITES.c.id == WINDOWS.c.website_id)
        .outerjoin(STATES, STATES.c.website_id == WINDOWS.c.website_id)
        .where(WINDOWS.c.ended_at.is_(None), sa.not_(WEBSITES.c.is_active))
    )
    for window_id, started_at, created_at, paused_at in op.get_bind().execute(query).all():
        if created_at < started_at:
            continue  # a person has planned it ahead
        ended_at = max(started_at, paused_at)
        change = sa.update(WINDOWS).where(WINDOWS.c.id == window_id)
        seconds = (ended_at - started_at).total_seconds()
        op.execute(change.values(ended_at=ended_at, duration_seconds=seconds, recovery_status="UNKNOWN"))


def downgrade() -> None:
    pass  # which of them were open then is told nowhere, and nothing needs them to be
