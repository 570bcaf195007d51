"""Encrypt the credentials of websites and sessions with the installation's key.

Revision ID: d5b20f9c7e18
Revises: 6f1c8e2ab09d
"""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from alembic import op
from core import sealing

revision = "d5b20f9c7e18"
down_revision = "6f1c8e2ab09d"
branch_labels = None
depends_on = None

WEBSITES = sa.table(
    "websites",
    sa.column("id", sa.Integer()),
    sa.column("session_defaults", sa.JSON(none_as_null=True)),
    sa.column("check_options", sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    _rewrite(lambda options: sealing.in_use().seal(json.dumps(options)))


def downgrade() -> None:
    _rewrite(lambda sealed: json.loads(sealing.in_use().open(sealed)))


def _rewrite(each: Callable[[Any], Any]) -> None:
    columns = (WEBSITES.c.session_defaults, WEBSITES.c.check_options)
    kept = sa.select(WEBSITES).where(sa.or_(*(column.is_not(None) for column in columns)))
    for row in op.get_bind().execute(kept).mappings().all():
        values = {column.name: each(row[column.name]) for column in columns if row[column.name] is not None}
        op.get_bind().execute(sa.update(WEBSITES).where(WEBSITES.c.id == row["id"]).values(**values))
