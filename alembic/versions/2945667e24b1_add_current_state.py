"""Add the current state of each website: its latest check, since when it holds, and its certificate.

Revision ID: 2945667e24b1
Revises: e7c4a1905b2d
"""

from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "2945667e24b1"
down_revision = "e7c4a1905b2d"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COLUMNS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("latest_check_id", sa.Integer()),
    ("response_time_ms", sa.Double()),
    ("http_status_code", sa.Integer()),
    ("error_message", sa.Text()),
    ("failing_since", INSTANT),
    ("available_since", INSTANT),
    ("run_checks", sa.Integer()),
    ("run_until", INSTANT),
    ("certificate_expires_at", INSTANT),
    ("certificate_issuer", sa.String(255)),
)
LATEST = """
UPDATE website_states SET latest_check_id = (
  SELECT id FROM monitor_checks WHERE monitor_checks.website_id = website_states.website_id
  ORDER BY checked_at DESC, id DESC LIMIT 1
)
"""
SAID = """
UPDATE website_states SET
  response_time_ms = (SELECT response_time_ms FROM monitor_checks WHERE id = latest_check_id),
  http_status_code = (SELECT http_status_code FROM monitor_checks WHERE id = latest_check_id),
  error_message = (SELECT error_message FROM monitor_checks WHERE id = latest_check_id),
  run_checks = 1
"""
# The beginning of the present run of failures is not searched: at worst, one downtime window opens two checks late.
SINCE = """
UPDATE website_states SET
  failing_since = CASE WHEN status = 'DOWN' THEN checked_at END,
  available_since = CASE WHEN status IN ('UP', 'DEGRADED') THEN checked_at END
"""


def upgrade() -> None:
    with op.batch_alter_table("website_states") as batch:
        for name, kind in COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=True))
    for statement in (LATEST, SAID, SINCE):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("website_states") as batch:
        for name, _kind in reversed(COLUMNS):
            batch.drop_column(name)
