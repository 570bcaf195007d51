"""Reads the results and times of a website's checks over a span, from rollups and single checks."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from core.clock import utc_at
from core.models import MonitorCheck, MonitorStatus, Rollup, RollupDay, RollupHour, RollupMinute, WebsiteState
from core.services import sketch as sketches
from core.services.epoch import epoch
from core.services.levels import CHECK, DAY, HOUR, MINUTE, WIDTHS, Grid, Part, Reach, parts
from core.services.spans import Span
from core.services.tally import SUMS, Tally

MODELS: dict[int, type[Rollup]] = {MINUTE: RollupMinute, HOUR: RollupHour, DAY: RollupDay}

ANSWERED = and_(MonitorCheck.http_status_code.is_not(None), MonitorCheck.response_time_ms.is_not(None))
STATUSES = {
    "up": MonitorStatus.UP,
    "degraded": MonitorStatus.DEGRADED,
    "down": MonitorStatus.DOWN,
    "unknown": MonitorStatus.UNKNOWN,
}
PHASES = {
    "dns": MonitorCheck.dns_time_ms,
    "connect": MonitorCheck.connect_time_ms,
    "tls": MonitorCheck.tls_time_ms,
    "ttfb": MonitorCheck.ttfb_ms,
    "download": MonitorCheck.download_time_ms,
}


def reach(db: Session, website_id: int) -> Reach:
    """Return which time each level of a website covers; one query."""
    oldest_check = select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == website_id)
    oldest = [
        select(func.min(model.bucket)).where(model.website_id == website_id).scalar_subquery()
        for model in (RollupMinute, RollupHour, RollupDay)
    ]
    row = db.execute(
        select(oldest_check.scalar_subquery(), *oldest, WebsiteState.rolled_until).where(
            WebsiteState.website_id == website_id
        )
    ).one_or_none()
    if row is None or row[4] is None:
        return Reach()
    check, minute, hour, day, until = row
    starts = {
        CHECK: None if check is None else check.timestamp(),
        MINUTE: None if minute is None else float(minute * MINUTE),
        HOUR: None if hour is None else float(hour * HOUR),
        DAY: None if day is None else float(day * DAY),
    }
    return Reach(
        checks_since=_complete_since(starts, CHECK, until.timestamp()),
        minutes_since=_complete_since(starts, MINUTE, until.timestamp()),
        hours_since=_complete_since(starts, HOUR, until.timestamp()),
        until=until.timestamp(),
    )


def _complete_since(starts: dict[int, float | None], width: int, until: float) -> float:
    """Return from when on a level is complete; 0 if no coarser level reaches further back, so nothing was deleted."""
    start = starts[width]
    own = until if start is None else start
    is_whole = all(
        coarser is None or coarser >= own // level * level for level, coarser in starts.items() if level > width
    )
    return 0.0 if is_whole else own


def by_bucket(db: Session, website_id: int, span: Span, *, within: Grid, kept: Reach) -> dict[int, Tally]:
    """Return the tally of each bucket of *within* that has checks in *span*, by its number."""
    widths = [width for width in WIDTHS if within.allows(width)]
    found: dict[int, Tally] = defaultdict(Tally)
    stretches = parts(*span, kept, widths)
    for part in stretches:
        if part.width != CHECK:
            _add_buckets(db, website_id, part, within, found)
    if single := [part for part in stretches if part.width == CHECK]:
        _add_checks(db, website_id, single, within, found)
    return dict(found)


def answers(db: Session, website_id: int, span: Span, *, kept: Reach) -> Tally:
    """Return only the response times of the whole span, for reports about hundreds of websites."""
    found, extremes = Tally(), []
    stretches = parts(*span, kept, WIDTHS)
    for part in stretches:
        if part.width != CHECK:
            model = MODELS[part.width]
            columns = select(model.sketch, model.fastest_ms, model.slowest_ms).where(_within(model, website_id, part))
            for packed, *both in db.execute(columns):
                sketches.add(found.sketch, packed)
                extremes += both
    if single := [part for part in stretches if part.width == CHECK]:
        times = select(MonitorCheck.response_time_ms).where(*_among(website_id, single), ANSWERED)
        values = [value or 0.0 for value in db.scalars(times)]
        found.sketch.update(sketches.of(values))
        extremes += values
    known = [value for value in extremes if value is not None]
    found.answered = sum(found.sketch.values())
    found.fastest_ms, found.slowest_ms = min(known, default=None), max(known, default=None)
    return found


def _add_buckets(db: Session, website_id: int, part: Part, within: Grid, found: dict[int, Tally]) -> None:
    model = MODELS[part.width]
    here = _within(model, website_id, part)
    number = (model.bucket - int(within.first) // part.width) // literal(int(within.seconds) // part.width, Integer)
    sums = [func.sum(getattr(model, name)).label(name) for name in SUMS]
    extremes = [func.min(model.fastest_ms).label("fastest_ms"), func.max(model.slowest_ms).label("slowest_ms")]
    _take(db, select(number.label("number"), *sums, *extremes).where(here).group_by(number), found)
    for key, packed in db.execute(select(number, model.sketch).where(here)):
        sketches.add(found[key].sketch, packed)


def _within(model: type[Rollup], website_id: int, part: Part) -> ColumnElement[bool]:
    """Return the condition for one part. With several parts joined by OR, SQLite would read all rows of the website."""
    return and_(
        model.website_id == website_id,
        model.bucket >= int(part.since) // part.width,
        model.bucket < int(part.until) // part.width,
    )


def _add_checks(db: Session, website_id: int, chosen: Sequence[Part], within: Grid, found: dict[int, Tally]) -> None:
    here = _among(website_id, chosen)
    number = cast(func.floor((epoch(MonitorCheck.checked_at) - within.first) / within.seconds), Integer)
    _take(db, select(number.label("number"), *_of_checks()).where(*here).group_by(number), found)
    values: dict[int, list[float]] = defaultdict(list)
    for key, value in db.execute(select(number, MonitorCheck.response_time_ms).where(*here, ANSWERED)):
        values[key].append(value or 0.0)
    for key, some in values.items():
        found[key].sketch.update(sketches.of(some))


def _among(website_id: int, chosen: Sequence[Part]) -> tuple[ColumnElement[bool], ...]:
    ranges = [
        and_(MonitorCheck.checked_at >= utc_at(part.since), MonitorCheck.checked_at < utc_at(part.until))
        for part in chosen
    ]
    return MonitorCheck.website_id == website_id, or_(*ranges)


def _of_checks() -> list[ColumnElement[Any]]:
    """Return the columns of a rollup, calculated from single checks, like `core.services.tally.Tally.add`."""
    value, answered = MonitorCheck.response_time_ms, ANSWERED
    columns: list[ColumnElement[Any]] = [
        func.count(case((MonitorCheck.status == status, 1))).label(name) for name, status in STATUSES.items()
    ]
    columns += [
        func.count(case((answered, 1))).label("answered"),
        func.coalesce(func.sum(case((answered, value))), 0.0).label("response_ms"),
        func.min(case((answered, value))).label("fastest_ms"),
        func.max(case((answered, value))).label("slowest_ms"),
    ]
    for name, phase in PHASES.items():
        columns.append(func.coalesce(func.sum(case((answered, phase))), 0.0).label(f"{name}_ms"))
        columns.append(func.count(case((answered, phase))).label(f"{name}_checks"))
    return columns


def _take(db: Session, query: Select[Any], found: dict[int, Tally]) -> None:
    for row in db.execute(query).mappings():
        found[row["number"]].merge(row)
