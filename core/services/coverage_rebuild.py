"""Calculates the known time of websites again from their stored checks.

`core.services.coverage` maintains it as checks arrive.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.clock import utc_at
from core.models import CoverageSpan, MonitorCheck, MonitorStatus, Website, WebsiteState
from core.services import pause, rollups, website_days, website_state
from core.services.coverage import EARLIEST, as_paused, spans, validity_of
from core.services.coverage_spans import insert_spans, mark_unknown, unobserved_failure, was_down
from core.services.pause import Paused
from core.services.website_state import Ended, State, after


class CheckRow(NamedTuple):
    """The columns of a stored check that matter here."""

    id: int
    website_id: int
    status: MonitorStatus
    checked_at: datetime
    response_time_ms: float | None
    http_status_code: int | None
    error_message: str | None
    region_status: MonitorStatus | None


def rebuild_coverage(db: Session, website_ids: Sequence[int] | None = None) -> None:
    """Recalculate the known time of these websites, or of all, from the stored checks.

    Use this for checks that were stored without `coverage.fold`. Known time before the oldest stored check stays.
    Rollups are reset too: `rollups.catch_up` creates them again, and until then readers use single checks. Checks are
    valid by the current interval, because they do not store the interval of their time.
    """
    wanted = list(db.scalars(select(Website.id).order_by(Website.id))) if website_ids is None else website_ids
    validity = validity_of(db, wanted)
    for website_id in wanted:
        _rebuild_one(db, website_id, validity[website_id])
    website_days.outdate(db)


def _rebuild_one(db: Session, website_id: int, validity: timedelta) -> None:
    first = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == website_id))
    if first is None:
        return
    paused = pause.not_over(db, [website_id], since=first).get(website_id, ())
    state = _before(db, website_id, first)
    ended: list[Ended] = []
    left_out: list[tuple[datetime, datetime]] = []
    for check in _in_order(db, website_id, paused):
        if isinstance(check, Paused):
            if state is not None and (since := state.failing_since) is not None:
                left_out.append((since, check.since))
            is_in_doubt = (
                bool(left_out) and left_out[-1][1] == check.since and not was_down(db, website_id, *left_out[-1])
            )
            state = state and as_paused(state, check.since, is_in_doubt=is_in_doubt)
            continue
        last, (state, span) = state, after(state, check, validity)
        if span is not None and span[0] < span[1]:
            ended.append(span)
        if check.region_status is None and (failed := unobserved_failure(last, state, validity)) is not None:
            left_out.append(failed)
    insert_spans(db, [(website_id, (start.timestamp(), end.timestamp())) for start, end in ended])
    for since, until in left_out:
        mark_unknown(db, website_id, since=since, until=until)
    website_state.write(db, {website_id: state or website_state.unknown(first)})
    rollups.forget(db, website_id)


def _in_order(db: Session, website_id: int, paused: Sequence[Paused]) -> Iterator[CheckRow | Paused]:
    """Yield the website's stored checks and pauses in order, without checks made during a pause."""
    columns = (getattr(MonitorCheck, name) for name in CheckRow._fields)
    query = select(*columns).where(MonitorCheck.website_id == website_id)
    in_order = query.order_by(MonitorCheck.checked_at, MonitorCheck.id).execution_options(yield_per=10_000)
    ahead = deque(paused)
    for row in db.execute(in_order):
        check = CheckRow(*row)
        while ahead and ahead[0].since <= check.checked_at:
            yield ahead.popleft()
        if not pause.is_within(paused, check.checked_at):
            yield check
    yield from ahead


def _before(db: Session, website_id: int, first: datetime) -> State | None:
    """Delete the state and the known time from *first* on; return the state at *first*, or None without any."""
    until_then = spans(db, [website_id], since=EARLIEST, until=first)[website_id]
    db.execute(delete(CoverageSpan).where(CoverageSpan.website_id == website_id))
    before = website_state.read(db, [website_id]).get(website_id)
    db.execute(delete(WebsiteState).where(WebsiteState.website_id == website_id))
    reaching = until_then.pop() if until_then and until_then[-1][1] == first.timestamp() else None
    insert_spans(db, [(website_id, span) for span in until_then])
    if reaching is None and before is None:
        return None
    return State(
        status=MonitorStatus.UP,
        checked_at=first,
        known_since=utc_at(reaching[0]) if reaching else None,
        known_until=first if reaching else None,
        certificate_expires_at=before.certificate_expires_at if before else None,
        certificate_issuer=before.certificate_issuer if before else None,
        rolled_until=before.rolled_until if before else None,
    )
