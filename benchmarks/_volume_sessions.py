"""Measures how long deleting debug sessions takes, and how much it delays other writers."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks._volume_stage import Stage, cpu_in_turns
from benchmarks._volume_waiting import beside

SESSIONS, EVENTS = 400, 250

FILL_SESSIONS = """
INSERT INTO debug_sessions (website_id, session_key, state, browser_type, started_at, created_at, updated_at)
SELECT 1 + n % 200, 'deleted ' || n, 'COMPLETED', 'chromium', now() - make_interval(mins => n * 10), now(), now()
FROM generate_series(1, :sessions) n
"""
FILL_EVENTS = """
INSERT INTO network_events (debug_session_id, event_type, url, method, request_headers, response_headers, timestamp,
  created_at, exchange_id)
SELECT id, 'REQUEST', 'https://a.example/app.js?n=' || n, 'GET', headers, headers,
  started_at + make_interval(secs => n * 0.01), now(), n || '.1'
FROM debug_sessions, generate_series(1, :events) n,
  (SELECT json_object_agg('x-header-' || i, 'a value of a header') AS headers FROM generate_series(1, 10) i) made
WHERE session_key LIKE 'deleted %'
"""
DELETE = text(
    "DELETE FROM debug_sessions "
    "WHERE id IN (SELECT id FROM debug_sessions WHERE session_key LIKE 'deleted %' LIMIT :most)"
)


def deleted_sessions(stage: Stage) -> None:
    """Delete half of the sessions alone and half while others store checks, and print the times."""
    half = SESSIONS // 2
    with stage.split.begin() as connection:
        connection.execute(text(FILL_SESSIONS), {"sessions": SESSIONS})
        connection.execute(text(FILL_EVENTS), {"events": EVENTS})
    with Session(stage.split) as db:
        cpu_ms = cpu_in_turns({"": (db, lambda db: db.execute(DELETE, {"most": half // 2}))}, 1)[""]
        db.commit()
    calm = beside(stage.split, lambda _db: True)
    waits = beside(stage.split, lambda db: bool(db.execute(DELETE, {"most": half})))
    print(f"\n{half // 2 * EVENTS:,} network events, of {half // 2} sessions: {cpu_ms:,.0f} ms of processor to delete")
    print(
        f"While {half} go in one transaction, 25 checks are stored within {max(waits) * 1_000:,.0f} ms, "
        f"else within {max(calm) * 1_000:,.0f} ms"
    )
