"""Refreshes the view `core.models.website_days` once a day, and after changes of past days.

The comment of the view records what it was made from. A late check or a window that a person changes is included from
the next day on.
"""

from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from core.clock import utc_at
from core.models import MaintenanceWindow
from core.models.website_days import DAYS, OCCURRENCES, VIEW
from core.services.maintenance_window import occurrences

SETTLED = timedelta(hours=2)  # after midnight, rollups of the past day are complete, even for paused websites
LOCK = 0x7761746368646179  # pg_try_advisory_xact_lock: "watchday"; a second concurrent refresh would be useless

CHEAPER = ("work_mem = '64MB'", "jit = off")  # sorts a row per website and day; JIT compilation would take a second

STORED_NOTE = text(
    "SELECT obj_description(oid, 'pg_class'), relispopulated FROM pg_class WHERE oid = to_regclass(:view)"
)
FORGET = text(f"DELETE FROM {OCCURRENCES}")  # noqa: S608 - a name of ours
NOTE = text(f"INSERT INTO {OCCURRENCES} VALUES (:window_id, :started_at, :ended_at)")  # noqa: S608


def refresh(db: Session, now: datetime) -> bool:
    """Refresh the view up to the last past day, if needed; returns whether it was refreshed.

    Readers see the old days until this transaction ends.
    """
    connection = db.connection()
    if connection.dialect.name != "postgresql":
        return False
    until = datetime.combine((now - SETTLED).astimezone(UTC).date(), time(), UTC)
    wanted = f"Days before {until:%Y-%m-%d}; maintenance {_maintenance(db)}"
    stored = connection.execute(STORED_NOTE, {"view": VIEW}).one_or_none()
    if stored is None or stored[0] == wanted or not db.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return False
    for setting in CHEAPER:
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    _note_maintenance(db, until)
    way = "CONCURRENTLY" if stored[1] else ""  # an empty view cannot be refreshed concurrently
    connection.exec_driver_sql(f"REFRESH MATERIALIZED VIEW {way} {VIEW}")
    _set_comment(connection, wanted)
    return True


def outdate(db: Session) -> None:
    """Mark the view as outdated, so that the next call of `refresh` refreshes it."""
    if db.get_bind().dialect.name == "postgresql":
        _set_comment(db.connection(), "Outdated")


def _set_comment(connection: Connection, words: str) -> None:
    connection.exec_driver_sql(f"COMMENT ON MATERIALIZED VIEW {VIEW} IS '{words}'")


def _maintenance(db: Session) -> str:
    """Return a fingerprint of all maintenance windows."""
    windows = select(MaintenanceWindow.id, MaintenanceWindow.updated_at).order_by(MaintenanceWindow.id)
    known = ";".join(f"{id_} {updated_at.isoformat()}" for id_, updated_at in db.execute(windows))
    return sha256(known.encode()).hexdigest()[:16]


def _note_maintenance(db: Session, until: datetime) -> None:
    db.execute(FORGET)
    since = until - timedelta(days=DAYS)
    rows = [
        {"window_id": window.id, "started_at": utc_at(start), "ended_at": utc_at(end)}
        for window in db.scalars(select(MaintenanceWindow).order_by(MaintenanceWindow.id))
        for start, end in occurrences(window, since=since, until=until)
    ]
    if rows:
        db.execute(NOTE, rows)
