"""Days that are added up as checks arrive, against a materialised view of days that is refreshed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks._volume_stage import Stage, cpu_in_turns, row
from core.clock import utc_now
from core.models import RollupDay, Website
from core.services import rollups

VIEW = """
CREATE MATERIALIZED VIEW daily AS
SELECT website_id, CAST(extract(epoch FROM checked_at) AS bigint) / 86400 AS bucket,
  count(*) FILTER (WHERE status = 'UP') AS up, count(*) FILTER (WHERE status = 'DOWN') AS down,
  sum(response_time_ms) AS response_ms, min(response_time_ms) AS fastest_ms, max(response_time_ms) AS slowest_ms,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY response_time_ms) AS p95_ms
FROM monitor_checks GROUP BY 1, 2
"""
READ = "SELECT * FROM {} WHERE website_id = 7 AND bucket > :since ORDER BY bucket"


def daily_views(stage: Stage) -> None:
    """Print what a new day costs either way, and what reading 90 of them does."""
    print("\n| days, processor of both sides | added up | view | view / added up |\n| --- | --- | --- | --- |")
    with Session(stage.split) as db:
        db.execute(text(VIEW))
        db.execute(text("CREATE UNIQUE INDEX daily_key ON daily (website_id, bucket)"))
        db.commit()
        today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
        refresh = text("REFRESH MATERIALIZED VIEW CONCURRENTLY daily")
        took = cpu_in_turns(
            {"roll": (db, lambda db: _roll(db, today)), "view": (db, lambda db: db.execute(refresh))}, 3
        )
        row("yesterday of all websites; the view: all days", took["roll"], took["view"])
        _roll_all(db, today)
        since = {"since": int(today.timestamp()) // 86_400 - 90}
        tables = (RollupDay.__tablename__, "daily")
        took = cpu_in_turns({name: (db, _reading(name, since)) for name in tables}, 21)
        row("90 days of a website read", took[RollupDay.__tablename__], took["daily"])
        db.execute(text("DROP MATERIALIZED VIEW daily"))
        db.commit()


def _reading(name: str, since: dict[str, int]) -> Callable[[Session], Any]:
    query = text(READ.format(name))
    return lambda db: db.execute(query, since).all()


def _roll(db: Session, until: datetime) -> None:
    """A day by the minute, hour and day, with percentiles of each; as it happens, spread over the day."""
    since = until - timedelta(days=1)
    rollups.roll(db, list(db.scalars(select(Website.id))), since=since, until=until)
    db.commit()


def _roll_all(db: Session, until: datetime) -> None:
    for day in range(1, 91):
        rollups.roll(db, [7], since=until - timedelta(days=day), until=until - timedelta(days=day - 1))
    db.commit()
