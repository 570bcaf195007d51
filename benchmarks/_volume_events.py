"""Compares network events split by month with one table: updates, reads, searches, and deleting a month."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from benchmarks._volume_stage import Stage, cpu_in_turns, in_turns, row
from benchmarks._volume_waiting import beside
from core.clock import utc_now
from core.models import DebugSession, NetworkEvent
from core.models.months import EVENTS, Month
from core.services import event_months, search
from core.services.session_evidence import SessionEvidence
from core.services.session_recording import RecordedBatch, SessionRecording

ROUNDS = 21
SESSIONS, EACH = 1_000, 100  # sessions over all months, and events per session

FILL_SESSIONS = """
INSERT INTO debug_sessions (website_id, session_key, state, success, browser_type, trigger, started_at, created_at,
  updated_at)
SELECT 1 + n % 200, 'of a month ' || n, 'COMPLETED', false, 'chromium', 'FAILURE', at, at, at
FROM generate_series(0, :sessions - 1) n,
  LATERAL (SELECT CAST(:first AS timestamptz) + make_interval(secs => n * :apart)) moments(at)
"""
FILL_EVENTS = """
INSERT INTO network_events (debug_session_id, event_type, url, method, request_headers, response_headers, timestamp,
  created_at, exchange_id, month)
SELECT id, 'REQUEST', 'https://a.example/app.js?w' || id % 1000 || '=' || n, 'GET', headers, headers,
  started_at + make_interval(secs => n * 0.01), started_at, n || '.1',
  CAST(date_trunc('month', started_at, 'UTC') AT TIME ZONE 'UTC' AS date)
FROM debug_sessions, generate_series(1, :each) n,
  (SELECT json_object_agg('x-header-' || i, 'a value of a header') AS headers FROM generate_series(1, 10) i) made
WHERE session_key LIKE 'of a month %' ORDER BY id, n
"""
WHOLE = (
    "CREATE TABLE whole.network_events (LIKE network_events INCLUDING DEFAULTS)",
    "INSERT INTO whole.network_events SELECT * FROM network_events ORDER BY id",
    "UPDATE whole.network_events SET month = NULL",
    "ALTER TABLE whole.network_events ADD PRIMARY KEY (id)",
    "CREATE SEQUENCE whole.network_events_id START 100000000 OWNED BY whole.network_events.id",
)
INDEXES = text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'network_events'")


def events(stage: Stage, kept: int) -> None:
    """Fill *kept* months and one table, query both in turns, delete a month, and print the times."""
    months = _fill(stage.split, kept)
    print(f"\n| network events | {len(months)} months and the rest | one table | one table / months |")
    print("| --- | --- | --- | --- |")
    with stage.both() as (split, whole):
        session_id = split.scalars(NEWEST).one()
        ways = (_asked(split, session_id), _asked(whole, session_id))
        for what, ask in ways[0].items():
            took = cpu_in_turns({"months": (split, ask), "whole": (whole, ways[1][what])}, ROUNDS)
            row(what, took["months"], took["whole"])
    _month_goes(stage, months)


def _fill(engine: Engine, kept: int) -> list[Month]:
    now = utc_now()
    first = Month.of(now - timedelta(days=(kept - 1) * 30.5), EVENTS)
    apart = (now - first.since).total_seconds() / SESSIONS
    with engine.begin() as connection:
        months = [first]
        while months[-1].until <= now + timedelta(days=62):
            months.append(months[-1].following)
        event_months.make_for(connection, [month.first_day for month in months])
        given = {"sessions": SESSIONS, "first": first.since, "apart": apart}
        connection.execute(text(FILL_SESSIONS), given)
        connection.execute(text(FILL_EVENTS), {"each": EACH})
        indexes = connection.scalars(INDEXES).all()
        for statement in (*WHOLE, *(index.replace(" ON ONLY public.", " ON whole.") for index in indexes)):
            connection.exec_driver_sql(statement)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return months


def _asked(db: Session, session_id: int) -> dict[str, Callable[[Session], Any]]:
    month = event_months.month_of(db, session_id) if db.scalar(IS_SPLIT) else None
    ids = db.scalars(NUMBERS, {"id": session_id}).all()
    changes = [{"id": event_id, "status_code": 200, "mime_type": "text/html"} for event_id in ids]
    new = [
        {"event_type": "REQUEST", "url": "https://a.example/", "timestamp": utc_now(), "exchange_id": f"new {number}"}
        for number in range(EACH)
    ]

    def storing(batch: RecordedBatch) -> Callable[[Session], Any]:
        def store(db: Session) -> None:
            SessionRecording.store(db, session_id, batch)
            db.commit()

        return store

    return {
        f"{EACH} exchanges completed": storing(RecordedBatch(changed_events=changes, month=month)),
        f"a session's {EACH} rows": lambda db: SessionEvidence.row_events(db, session_id),
        "the rows of an exchange": lambda db: SessionEvidence.row_events(db, session_id, ids[:1]),
        "words of requests": lambda db: search.search(db, "w77"),
        f"{EACH} stored": storing(RecordedBatch(new_events=new, month=month)),
    }


NEWEST = select(DebugSession.id).order_by(DebugSession.started_at.desc()).limit(1)
IS_SPLIT = text("SELECT relkind = 'p' FROM pg_class WHERE oid = CAST('network_events' AS regclass)")
NUMBERS = text("SELECT id FROM network_events WHERE debug_session_id = :id ORDER BY id")
DELETE = text("DELETE FROM whole.network_events WHERE timestamp >= :since AND timestamp < :until")
HOLD = text(
    "UPDATE debug_sessions SET is_pinned = true WHERE started_at >= :since AND started_at < :until AND id % 4 = 0"
)


def _month_goes(stage: Stage, months: list[Month]) -> None:
    """Delete a month of which a quarter of the sessions stays: by dropping its table, or row by row."""
    month, other = months[:2]
    span = {"since": month.since, "until": month.until}
    before = month.until + timedelta(days=1)
    with stage.both() as (split, whole):
        split.execute(HOLD, span)
        split.commit()
        rows = _count(split, month)
        moved = in_turns({"": lambda: _keep(split, month, before)}, 1)[""]
        left = _count(split, month)
        split.commit()
        held = beside(stage.split, lambda db: event_months.drop(db, month, before))
        deleted = in_turns({"": lambda: _delete(whole, span)}, 1)[""]
        dropped = in_turns({"": lambda: _drop(split, other, other.until)}, 1)[""]
    print(f"\nOf a month's {rows:,} events {rows - left:,} stay: moved in {moved:,.0f} ms, without a lock")
    print(f"A month dropped: {dropped:,.1f} ms; {rows:,} rows deleted: {deleted:,.0f} ms")
    print(f"While a month is dropped, 25 checks are stored within {max(held) * 1_000:,.0f} ms")


def _count(db: Session, month: Month) -> int:
    of_it = select(func.count()).select_from(NetworkEvent).where(NetworkEvent.month == month.first_day)
    return db.scalar(of_it) or 0


def _keep(db: Session, month: Month, before: datetime) -> None:
    while event_months.keep(db, month, before):
        db.commit()
    db.commit()


def _delete(db: Session, span: dict[str, datetime]) -> None:
    db.execute(DELETE, span)
    db.commit()


def _drop(db: Session, month: Month, before: datetime) -> None:
    assert event_months.drop(db, month, before)
    db.commit()
