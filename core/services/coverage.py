"""Maintains each website's known time as checks arrive. Uptime is calculated from it.

A check covers the time from its start to the next check's start, for `VALID_INTERVALS` intervals at most. Longer gaps
are unknown time. An UNKNOWN check and a pause end the known time. If a website has failed since its known time began
and has no downtime window, that time is not known yet either.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, insert, or_, select
from sqlalchemy.orm import Session

from core.clock import is_ahead, utc_now
from core.models import (
    CoverageSpan,
    DowntimeWindow,
    UtcDateTime,
    Website,
    WebsiteState,
)
from core.services import pause, rollups, website_state
from core.services.coverage_spans import (
    add_late,
    mark_unknown,
    valid_until,
)
from core.services.epoch import epoch
from core.services.pause import NEVER, Paused, Pauses
from core.services.prepared import IDS, rows_of
from core.services.spans import Span, union
from core.services.website_state import Certificate, Checked, Ended, State, after, with_certificate

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
VALID_INTERVALS = 2.5  # a check stays valid for this many intervals, so that one lost check leaves no gap

_websites = Website.__table__
_INTERVALS = select(_websites.c.id, _websites.c.check_interval).where(_websites.c.id.in_(IDS))
# Always locked in the same order, to avoid deadlocks.
_HELD_INTERVALS = (
    select(_websites.c.id, case((_websites.c.is_active, _websites.c.check_interval), else_=0))
    .where(_websites.c.id.in_(IDS))
    .order_by(_websites.c.id)
    .with_for_update(key_share=True)
)

_SINCE, _UNTIL = (bindparam(name, type_=UtcDateTime()) for name in ("since", "until"))
_spans = CoverageSpan.__table__
_ENDED = select(_spans.c.website_id, epoch(_spans.c.started_at), epoch(_spans.c.ended_at)).where(
    _spans.c.website_id.in_(IDS), _spans.c.ended_at > _SINCE, _spans.c.started_at < _UNTIL
)
_states = WebsiteState.__table__
_windows = DowntimeWindow.__table__
_is_down = select(1).where(_windows.c.website_id == _states.c.website_id, _windows.c.ended_at.is_(None)).exists()
# As `website_state.is_in_doubt`, unless the website has a downtime window.
_is_sure = or_(_states.c.failing_since.is_(None), _states.c.failing_since > _states.c.known_since, _is_down)
_STILL_OPEN = select(_states.c.website_id, epoch(_states.c.known_since), epoch(_states.c.known_until)).where(
    _states.c.website_id.in_(IDS), _states.c.known_until > _SINCE, _states.c.known_since < _UNTIL, _is_sure
)


def fold(
    db: Session,
    checks: Sequence[Checked],
    *,
    validity: Mapping[int, timedelta] | None = None,
    certificates: Mapping[int, Certificate] | None = None,
    before: Mapping[int, State] | None = None,
    paused: Pauses = NEVER,
) -> dict[int, State]:
    """Apply stored checks, in any order, to states and known time, in the transaction that stores them.

    Args:
        validity: The result of `validity_of` for their websites, if the caller has it.
        certificates: The newest certificates of the websites, by website id.
        before: The states of the websites, if the caller has read them.
        paused: The pauses of the websites that had not ended before the first check.

    Returns:
        The website's state after each check, by check id. Late checks are missing: those older than the latest stored
        check or than the end of a pause. If the latest stored check has a future date, because the clock was set back,
        checks do not count as late. Otherwise none would be judged until the clock reaches that date.
    """
    if not checks:
        return {}
    ids = sorted({check.website_id for check in checks})
    validity = validity_of(db, ids) if validity is None else validity
    before = website_state.read(db, ids) if before is None else before
    folding = _StateUpdates(before, paused)
    for check in sorted(checks, key=lambda check: check.checked_at):
        folding.take(check, validity[check.website_id])
    states, late = folding.states, folding.late
    for website_id, certificate in (certificates or {}).items():
        states[website_id] = with_certificate(states[website_id], certificate)
    if folding.ended:
        db.execute(insert(CoverageSpan), folding.ended)
    # Late checks first: new hourly rollups must include the minutes that late checks change.
    rolled = {website_id: state.rolled_until for website_id, state in before.items() if state.rolled_until}
    rollups.add_late(
        db, [checked.id for checked in late if checked.checked_at < rolled.get(checked.website_id, EARLIEST)], rolled
    )
    now = rollups.advance(db, states)
    website_state.write(db, now, before=before)
    add_late(db, late, now, validity, paused)
    return folding.states_after


class _StateUpdates:
    """Applies checks to the states of their websites, one after the other."""

    def __init__(self, states: Mapping[int, State], paused: Pauses) -> None:
        self.states = dict(states)
        self.states_after: dict[int, State] = {}
        """The website's state after each check, by check id."""
        self.ended: list[dict[str, Any]] = []
        """Rows of closed spans of known time."""
        self.late: list[Checked] = []
        self._paused = paused

    def take(self, check: Checked, validity: timedelta) -> None:
        state = self.states.get(check.website_id)
        if _is_late(check.checked_at, state, self._paused.get(check.website_id, ())):
            self.states.setdefault(check.website_id, website_state.unknown(check.checked_at))
            self.late.append(check)
            return
        if state is not None and check.checked_at < state.checked_at:
            state, span = website_state.set_back(state, check.checked_at)
            self._end(check.website_id, span)
        now, span = after(state, check, validity)
        self.states[check.website_id] = self.states_after[check.id] = now
        self._end(check.website_id, span)

    def _end(self, website_id: int, span: Ended | None) -> None:
        if span is not None and span[0] < span[1]:
            self.ended.append({"website_id": website_id, "started_at": span[0], "ended_at": span[1]})


def _is_late(moment: datetime, state: State | None, paused: Sequence[Paused]) -> bool:
    is_behind = state is not None and moment < state.checked_at and not is_ahead(state.checked_at)
    return is_behind or pause.is_before_end(paused, moment)


def end(db: Session, website_id: int, at: datetime | None = None) -> None:
    """End the website's known time and its run of checks at *at* (default: now), because it is paused."""
    moment = at or utc_now()
    known = website_state.read(db, [website_id]).get(website_id)
    if known is None:
        return
    is_down = select(_is_down).where(_states.c.website_id == website_id)
    is_in_doubt = known.failing_since is not None and not db.scalar(is_down)
    if is_in_doubt and known.failing_since is not None:
        until = min(valid_until(known, validity_of(db, [website_id])[website_id]), moment)
        mark_unknown(db, website_id, since=known.failing_since, until=until)
    website_state.write(db, {website_id: as_paused(known, moment, is_in_doubt=is_in_doubt)})


def as_paused(state: State, moment: datetime, *, is_in_doubt: bool) -> State:
    """Return *state* for a pause from *moment* on.

    *is_in_doubt* means that the website fails without a downtime window. None will open now, so the failures are
    removed from known time.
    """
    until = state.known_until
    if until is not None and until > moment:
        until = max(moment, state.known_since or moment)
    if is_in_doubt and state.failing_since is not None:
        until = state.known_since and max(state.known_since, state.failing_since)
    return state._replace(known_until=until, failing_since=None, available_since=None, run_checks=None, run_until=None)


def spans(db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime) -> dict[int, list[Span]]:
    """Return the known time of each website from *since* to *until*, in order, in two queries."""
    first, last = since.timestamp(), until.timestamp()
    found: dict[int, list[Span]] = {website_id: [] for website_id in website_ids}
    for statement in (_ENDED, _STILL_OPEN):
        for website_id, start, end in rows_of(db, statement, ids=website_ids, since=since, until=until):
            found[website_id].append((max(start, first), min(end, last)))
    return {website_id: union(known) for website_id, known in found.items()}


def validity_of(db: Session, website_ids: Sequence[int], *, is_held: bool = False) -> dict[int, timedelta]:
    """Return how long a check of each of these websites stays valid, without websites that do not exist.

    Args:
        is_held: Lock the websites until the transaction ends, for storing new checks. SQLite has a single writer
            anyway. For a paused website the result is zero.
    """
    found = rows_of(db, _HELD_INTERVALS if is_held else _INTERVALS, ids=website_ids)
    return {website_id: timedelta(seconds=VALID_INTERVALS * interval) for website_id, interval in found}
