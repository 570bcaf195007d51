"""Measure PostgreSQL with many checks: split by month or in one table, COPY or INSERT, BRIN or b-tree.

The reference size is ``python -m benchmarks.postgres --checks 5000000``; it takes some minutes and 5 GB.
"""

import argparse
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, insert, select, text
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._volume_events import events
from benchmarks._volume_sessions import deleted_sessions
from benchmarks._volume_stage import Stage, cpu_in_turns, in_turns, row, volume
from benchmarks._volume_waiting import waiting
from core.clock import utc_now
from core.models import DebugSession, MonitorCheck, MonitorStatus, NetworkEvent
from core.models.months import Month
from core.services import MonitorCheckCRUD, measurements, months, search
from core.services.bulk import next_ids
from core.services.copy_in import copy_in
from core.services.levels import DAY, Grid, Reach

ROUNDS = 21
ALL_TIME = Grid(first=0.0, seconds=100_000.0 * DAY)  # one bucket, until the year 2243
BATCH = 2_000  # rows that housekeeping deletes per transaction
HEAD = "| --- | --- | --- | --- |"


@cleaned_up()
def main() -> None:
    """Fill a store, measure in turns, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.postgres", description=__doc__)
    parser.add_argument("--checks", type=int, default=1_000_000, help="stored checks in all (default: 1 million)")
    parser.add_argument("--only", choices=("events", "month"), help="network events, or a month of checks that goes")
    parser.add_argument("--months", type=int, default=2, help="of network events that are kept (default: 2)")
    given = parser.parse_args()
    with volume(given.checks) as stage:
        if given.only == "events":
            events(stage, given.months)
        elif given.only == "month":
            _retention(stage)
        else:
            _all(stage, given.months)


def _all(stage: Stage, months_of_events: int) -> None:
    rate = stage.checks / stage.migrated_seconds
    print(f"{stage.checks:,} checks were split in {stage.migrated_seconds:.1f} s: {rate:,.0f} a second\n")
    _sizes(stage)
    print(f"| query, CPU of client and server | split | one table | one table / split |\n{HEAD}")
    queries(stage)
    _storing(stage)
    _recent(stage)
    events(stage, months_of_events)
    deleted_sessions(stage)
    _retention(stage)


def _sizes(stage: Stage) -> None:
    of_schema = text(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' "
        "AND relname LIKE 'monitor_checks%' AND relnamespace = CAST(:schema AS regnamespace)"
    )
    with Session(stage.split) as db:
        split, whole = (db.scalar(of_schema, {"schema": schema}) / stage.checks for schema in ("public", "whole"))
    print(f"A check takes {split:.0f} bytes with its indexes, and {whole:.0f} in one table\n")


def queries(stage: Stage) -> None:
    """Run the queries of pages on both forms in turns, and print the times."""
    now = utc_now()
    day, month = now - timedelta(days=1), now - timedelta(days=30)
    asked: dict[str, Callable[[Session], Any]] = {
        "a website's latest check": lambda db: MonitorCheckCRUD.get_latest_by_website(db, 7),
        "a check by its number": lambda db: MonitorCheckCRUD.get_by_ids(db, [stage.checks // 2]),
        "50 checks of a website's last day, and how many": lambda db: MonitorCheckCRUD.get_by_website(db, 7, day, now),
        "30 days of a website, from single checks": lambda db: measurements.by_bucket(
            db, 7, (month.timestamp(), now.timestamp()), within=ALL_TIME, kept=Reach()
        ),
        "what is kept of a website": lambda db: measurements.reach(db, 7),
        "the last 50 failures of all": lambda db: MonitorCheckCRUD.get_recent_checks(db, status=MonitorStatus.DOWN),
        "the last 50 checks of all in an hour": lambda db: MonitorCheckCRUD.get_recent_checks(db, hours=1),
        "words of errors": lambda db: search.search(db, "refused w77"),
    }
    with stage.both() as (split, whole):
        for what, ask in asked.items():
            took = cpu_in_turns({"split": (split, _fresh(ask)), "whole": (whole, _fresh(ask))}, ROUNDS)
            row(what, took["split"], took["whole"])


def _fresh(ask: Callable[[Session], Any]) -> Callable[[Session], None]:
    """Wrap *ask* so that the session has nothing in memory."""

    def anew(db: Session) -> None:
        db.expunge_all()
        ask(db)

    return anew


def _storing(stage: Stage) -> None:
    print(f"\n| rows per transaction, CPU of client and server | COPY | INSERT | INSERT / COPY |\n{HEAD}")
    with Session(stage.split) as db:
        session = DebugSession(website_id=1, session_key="benchmark")
        db.add(session)
        db.flush()
        at = utc_now()
        check = {"website_id": 1, "status": MonitorStatus.UP, "http_method": "GET", "response_time_ms": 12.5}
        event = {"debug_session_id": session.id, "event_type": "REQUEST", "url": "https://a.example/app.js"}
        headers = {f"x-header-{number}": "a value of a header" for number in range(10)}
        check |= {"remote_address": "192.0.2.1:443", "http_version": "h2", "checked_at": at, "created_at": at}
        event |= {"timestamp": at, "created_at": at, "request_headers": headers, "exchange_id": "1.2"}
        for model, given in ((MonitorCheck, check), (NetworkEvent, event)):
            for count in (10, 50, 500, 2_000):
                _store(db, model, given, count)
        db.rollback()


def _store(db: Session, model: type[MonitorCheck | NetworkEvent], given: dict[str, Any], count: int) -> None:
    table = model.__table__
    assert isinstance(table, Table)

    def rows() -> list[dict[str, Any]]:
        return [given | {"id": number} for number in next_ids(db, model, count)]

    took = cpu_in_turns(
        {
            "copy": (db, lambda db: copy_in(db.connection(), table, rows())),
            "insert": (db, lambda db: db.execute(insert(table), rows())),
        },
        max(3, min(100, 5_000 // count)),
    )
    row(f"{count:,} of {table.name}", took["copy"], took["insert"])


def _recent(stage: Stage) -> None:
    """Compare time indexes of the single table: none, BRIN and b-tree, one at a time."""
    print(
        "\n| index on checked_at | size | the last 50 checks of all in an hour | made in |\n| --- | --- | --- | --- |"
    )
    with Session(stage.whole) as db:
        for kind in ("none", "brin", "btree"):
            made = {"none": 0.0} if kind == "none" else in_turns({kind: lambda: _index(db, kind)}, 1)  # noqa: B023
            db.execute(text("ANALYZE whole.monitor_checks"))
            asked = cpu_in_turns({"": (db, _fresh(lambda db: MonitorCheckCRUD.get_recent_checks(db, hours=1)))}, 7)
            size = 0 if kind == "none" else db.scalar(text("SELECT pg_relation_size('whole.by_time')")) or 0
            print(f"| {kind} | {size / 1024:,.0f} kB | {asked['']:,.2f} ms | {made[kind]:,.0f} ms |", flush=True)
            db.rollback()


def _index(db: Session, kind: str) -> None:
    db.execute(text(f"CREATE INDEX by_time ON whole.monitor_checks USING {kind} (checked_at)"))


def _retention(stage: Stage) -> None:
    """Delete a whole month in both ways; in between, restore it and move it into its table."""
    with stage.both() as (split, whole):
        month = months.existing(split.connection())[1]  # the first month is incomplete
        rows = split.scalar(text(f"SELECT count(*) FROM {month.name}")) or 0
        under_locks = in_turns({"": lambda: _drop(split, month)}, 1)[""]
        dropped = under_locks + in_turns({"": split.commit}, 1)[""]
        moved = in_turns({"": _coming_back(split, month)}, 1)[""]
        deleted = in_turns({"": lambda: _delete(whole, month)}, 1)[""]
    waiting(stage, month)
    print(f"\n| a month, {rows:,} checks | dropped | deleted, {BATCH:,} per transaction | deleted / dropped |\n{HEAD}")
    row("without pauses", dropped, deleted)
    print(
        f"\nUntil it is committed, dropping takes {under_locks:.1f} ms; then files are removed, for which nobody waits"
    )
    print(f"\nThey move from the rest into their month in {moved / 1_000:.1f} s: {rows / moved * 1_000:,.0f} a second")


def _drop(db: Session, month: Month) -> None:
    assert months.drop(db, month)


def _delete(db: Session, month: Month) -> None:
    """Delete row by row, the oldest of each website first."""
    within = (MonitorCheck.checked_at >= month.since, MonitorCheck.checked_at < month.until)
    for website_id in db.scalars(text("SELECT id FROM websites")).all():
        oldest = select(MonitorCheck.id).where(MonitorCheck.website_id == website_id, *within)
        while ids := db.scalars(oldest.order_by(MonitorCheck.checked_at).limit(BATCH)).all():
            db.execute(text("DELETE FROM monitor_checks WHERE id = ANY(:ids)"), {"ids": ids})
            db.commit()


def _coming_back(db: Session, month: Month) -> Callable[[], Any]:
    """Store a month's checks again without a table for the month; return the function that creates that table."""
    within = f"checked_at >= '{month.since.isoformat()}' AND checked_at < '{month.until.isoformat()}'"
    db.execute(text(f"INSERT INTO monitor_checks SELECT * FROM whole.monitor_checks WHERE {within}"))
    db.commit()

    def make() -> None:
        assert months.make(db, month)
        db.commit()

    return make


if __name__ == "__main__":
    main()
