"""Aggregates checks into rollups as they arrive: minutes from checks, hours from minutes, days from hours.

The transaction that stores the first check after a slice (10 minutes) aggregates that slice.
`WebsiteState.rolled_until` marks how far a website has been aggregated, so that each check counts exactly once. A check
that arrives later than that is added to its buckets.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from core.models import MonitorCheck, Rollup, RollupDay, RollupHour, RollupMinute, UtcDateTime, WebsiteState
from core.services import website_state
from core.services.bulk import upsert
from core.services.levels import DAY, HOUR, MINUTE, bucket_start
from core.services.prepared import IDS, rows_of, run_many
from core.services.tally import Measured, Tally
from core.services.website_state import SLICE, State, slice_start

LEVELS: tuple[tuple[int, type[Rollup]], ...] = ((MINUTE, RollupMinute), (HOUR, RollupHour), (DAY, RollupDay))
"""Width in seconds and table, finest first."""
BATCH_SPAN = timedelta(hours=6)  # per website and transaction: some 30 ms at an interval of 5 s
A_DAY = timedelta(days=1)
BATCH_WEBSITES = 60  # per transaction: some 50 ms per slice at an interval of 5 s

_checks = MonitorCheck.__table__
COLUMNS = tuple(_checks.c[name] for name in Measured._fields)
_OVER = select(*COLUMNS).where(
    _checks.c.website_id.in_(IDS),
    _checks.c.checked_at >= bindparam("since", type_=UtcDateTime()),
    _checks.c.checked_at < bindparam("until", type_=UtcDateTime()),
)


def advance(db: Session, states: Mapping[int, State]) -> dict[int, State]:
    """Aggregate the completed slices of these websites, in the transaction that stores their latest checks.

    Returns:
        *states* with `rolled_until` updated.
    """
    due: dict[tuple[datetime, datetime], list[int]] = defaultdict(list)
    moved = dict(states)
    left = BATCH_WEBSITES
    for website_id, state in states.items():
        since = state.rolled_until
        if since is None or left == 0 or state.checked_at < since + SLICE:  # no further slice is complete
            continue
        since, until = _next(db, website_id, since, slice_start(state.checked_at))
        if until > since:
            due[since, until].append(website_id)
            left -= 1
        if state.rolled_until != max(since, until):
            moved[website_id] = state._replace(rolled_until=max(since, until))
    for (since, until), website_ids in due.items():
        roll(db, website_ids, since=since, until=until)
    return moved


def roll(db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime) -> None:
    """Create the buckets of these websites that end after *since* and by *until*, both at full minutes."""
    first, last = int(since.timestamp()), int(until.timestamp())
    checks = rows_of(db, _OVER, ids=website_ids, since=since, until=until)
    _replace(db, RollupMinute, _by_bucket((Measured(*row) for row in checks), MINUTE))
    for (finer, source), (width, model) in pairwise(LEVELS):
        start, end = first // width * width, last // width * width
        if start < end:
            table = source.__table__  # type: ignore[attr-defined]
            there = and_(table.c.bucket >= start // finer, table.c.bucket < end // finer)
            rows = db.execute(select(table).where(table.c.website_id.in_(website_ids), there)).mappings()
            _replace(db, model, _merged(rows, width // finer))


def add_late(db: Session, check_ids: Sequence[int], rolled: Mapping[int, datetime]) -> None:
    """Add late checks to existing buckets. *rolled* says how far each website has been aggregated."""
    if not check_ids:
        return
    checks = [Measured(*row) for row in db.execute(select(*COLUMNS).where(_checks.c.id.in_(check_ids)))]
    for width, model in LEVELS:
        over = [check for check in checks if _bucket(check, width) < rolled[check.website_id].timestamp() // width]
        found = _by_bucket(over, width)
        _merge_stored(db, model, found)
        _replace(db, model, found)


def catch_up(db: Session, website_id: int, until: datetime) -> bool:
    """Aggregate up to *until* a website without new checks, because it is paused or older than rollups.

    Returns:
        Whether it is complete. If not, call it again in another transaction.
    """
    state = website_state.read(db, [website_id]).get(website_id)
    if state is None:
        return True
    since = state.rolled_until
    if since is None:
        oldest = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == website_id))
        since = slice_start(oldest or until)
    since, end = _next(db, website_id, since, slice_start(until))
    if end > since:
        roll(db, [website_id], since=since, until=end)
    website_state.write(db, {website_id: state._replace(rolled_until=max(end, since))})
    return end >= slice_start(until)


def _next(db: Session, website_id: int, since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Return the next span to aggregate between *since* and *until*.

    Skips days without checks. There are many of them after a clock that started in 1970 was corrected.
    """
    if until - since > A_DAY and since == bucket_start(since, DAY):
        of_website = (MonitorCheck.website_id == website_id, MonitorCheck.checked_at >= since)
        oldest = db.scalar(select(func.min(MonitorCheck.checked_at)).where(*of_website))
        since = min(bucket_start(oldest or until, DAY), bucket_start(until, DAY))
    return since, min(until, since + BATCH_SPAN, bucket_start(since, DAY) + A_DAY)


def behind(db: Session, until: datetime) -> list[int]:
    """Return the websites that are not fully aggregated up to *until*."""
    is_behind = or_(WebsiteState.rolled_until.is_(None), WebsiteState.rolled_until < slice_start(until))
    return list(db.scalars(select(WebsiteState.website_id).where(is_behind).order_by(WebsiteState.website_id)))


def forget(db: Session, website_id: int) -> None:
    """Delete a website's rollups, so that `catch_up` creates them again from the stored checks.

    Days whose checks are partly deleted keep their rollups.
    """
    state = website_state.read(db, [website_id]).get(website_id)
    oldest = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == website_id))
    if state is None or oldest is None:
        return
    since = bucket_start(oldest, DAY)
    kept = db.scalar(
        select(RollupDay.up + RollupDay.degraded + RollupDay.down + RollupDay.unknown).where(
            RollupDay.website_id == website_id, RollupDay.bucket == int(since.timestamp()) // DAY
        )
    )
    within = (MonitorCheck.website_id == website_id, MonitorCheck.checked_at >= since)
    tomorrow = since + A_DAY
    stored = select(func.count()).select_from(MonitorCheck).where(*within, MonitorCheck.checked_at < tomorrow)
    if kept is not None and kept > (db.scalar(stored) or 0):
        since = tomorrow
    for width, model in LEVELS:
        first = int(since.timestamp()) // width
        db.execute(delete(model).where(model.website_id == website_id, model.bucket >= first))
    website_state.write(db, {website_id: state._replace(rolled_until=since)})


def _bucket(check: Measured, width: int) -> int:
    return int(check.checked_at.timestamp() // width)


def _by_bucket(checks: Iterable[Measured], width: int) -> dict[tuple[int, int], Tally]:
    found: dict[tuple[int, int], Tally] = defaultdict(Tally)
    for check in checks:
        found[check.website_id, _bucket(check, width)].add(check)
    return found


def _merged(rows: Iterable[Mapping[Any, Any]], times: int) -> dict[tuple[int, int], Tally]:
    """Merge *rows* into coarser buckets, *times* as wide."""
    found: dict[tuple[int, int], Tally] = defaultdict(Tally)
    for row in rows:
        found[row["website_id"], row["bucket"] // times].merge(row)
    return found


def _merge_stored(db: Session, model: type[Rollup], found: Mapping[tuple[int, int], Tally]) -> None:
    if not found:
        return
    table = model.__table__  # type: ignore[attr-defined]
    wanted = or_(*(and_(table.c.website_id == website_id, table.c.bucket == bucket) for website_id, bucket in found))
    for row in db.execute(select(table).where(wanted)).mappings():
        found[row["website_id"], row["bucket"]].merge(row)


def _replace(db: Session, model: type[Rollup], found: Mapping[tuple[int, int], Tally]) -> None:
    if found:
        rows = [
            {"website_id": website_id, "bucket": bucket, **tally.row()}
            for (website_id, bucket), tally in sorted(found.items())
        ]
        run_many(db, upsert(db, model, key=("website_id", "bucket")), rows)
