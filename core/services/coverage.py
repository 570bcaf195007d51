"""Keeps, as checks arrive, about which time something is known of each website; uptime is reckoned from it.

A check speaks from its beginning until the next one's, for `TRUST_FACTOR` intervals at most: while nobody looked,
nothing is known. UNKNOWN says nothing, and so ends what was known; pausing a website does too. While a website has
failed ever since somebody looked, and is not called down, it is not known yet either.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import (
    CoverageSpan,
    DowntimeWindow,
    MonitorCheck,
    MonitorStatus,
    UtcDateTime,
    Website,
    WebsiteState,
)
from core.services import pause, rollups, website_days, website_state
from core.services.coverage_spans import add_late, insert_spans, leave_out, spoken_until, unseen, was_down
from core.services.epoch import epoch
from core.services.pause import NEVER, Paused, Pauses
from core.services.prepared import IDS, rows_of
from core.services.spans import Span, union
from core.services.website_state import Certificate, Checked, Ended, State, after, with_certificate

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
TRUST_FACTOR = 2.5  # intervals after a check for which it still speaks: one late or lost check leaves no gap

_websites = Website.__table__
_INTERVALS = select(_websites.c.id, _websites.c.check_interval).where(_websites.c.id.in_(IDS))
# In one order, so that two never wait for each other.
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
# What `website_state.is_in_doubt` says of the state, unless the website was called down since.
_is_sure = or_(_states.c.failing_since.is_(None), _states.c.failing_since > _states.c.known_since, _is_down)
_STILL_OPEN = select(_states.c.website_id, epoch(_states.c.known_since), epoch(_states.c.known_until)).where(
    _states.c.website_id.in_(IDS), _states.c.known_until > _SINCE, _states.c.known_since < _UNTIL, _is_sure
)


class Told(NamedTuple):
    """What a check in the store says of its website."""

    id: int
    website_id: int
    status: MonitorStatus
    checked_at: datetime
    response_time_ms: float | None
    http_status_code: int | None
    error_message: str | None
    region_status: MonitorStatus | None


def fold(
    db: Session,
    checks: Sequence[Checked],
    *,
    trusted: Mapping[int, timedelta] | None = None,
    certificates: Mapping[int, Certificate] | None = None,
    before: Mapping[int, State] | None = None,
    paused: Pauses = NEVER,
) -> dict[int, State]:
    """Add stored checks, in any order, to what is known; belongs into the transaction that stores them.

    Args:
        trusted: `trust` of their websites, where the caller has it.
        certificates: What was seen of their websites' certificates, by the website's id.
        before: How their websites were, where the caller has read it.
        paused: Their pauses that were not over before all of them.

    Returns:
        The state of its website after each check, by the check's id; a check that is older than the latest one that
        was stored before, or than the end of a pause, has none: it says nothing of now. It does where the latest one is
        dated ahead of now: the clock was set back, and until it comes there again nothing would be judged.
    """
    if not checks:
        return {}
    ids = sorted({check.website_id for check in checks})
    trusted = trust(db, ids) if trusted is None else trusted
    before = website_state.read(db, ids) if before is None else before
    folding = _Folding(before, paused)
    for check in sorted(checks, key=lambda check: check.checked_at):
        folding.take(check, trusted[check.website_id])
    states, late = folding.states, folding.late
    for website_id, certificate in (certificates or {}).items():
        states[website_id] = with_certificate(states[website_id], certificate)
    if folding.ended:
        db.execute(insert(CoverageSpan), folding.ended)
    # Before more is added up: hours that are made now must have in them what is late of their minutes.
    rolled = {website_id: state.rolled_until for website_id, state in before.items() if state.rolled_until}
    rollups.add_late(db, [one.id for one in late if one.checked_at < rolled.get(one.website_id, EARLIEST)], rolled)
    now = rollups.advance(db, states)
    website_state.write(db, now, before=before)
    add_late(db, late, now, trusted, paused)
    return folding.told


class _Folding:
    """Takes checks into the states of their websites, one after the other."""

    def __init__(self, states: Mapping[int, State], paused: Pauses) -> None:
        self.states = dict(states)
        self.told: dict[int, State] = {}
        """What each check made of its website, by the check's id."""
        self.ended: list[dict[str, Any]] = []
        """Rows of the spans of known time that are over."""
        self.late: list[Checked] = []
        self._paused = paused

    def take(self, check: Checked, trusted: timedelta) -> None:
        state = self.states.get(check.website_id)
        if _is_late(check.checked_at, state, self._paused.get(check.website_id, ())):
            self.states.setdefault(check.website_id, website_state.unknown(check.checked_at))
            self.late.append(check)
            return
        if state is not None and check.checked_at < state.checked_at:
            state, span = website_state.set_back(state, check.checked_at)
            self._end(check.website_id, span)
        now, span = after(state, check, trusted)
        self.states[check.website_id] = self.told[check.id] = now
        self._end(check.website_id, span)

    def _end(self, website_id: int, span: Ended | None) -> None:
        if span is not None and span[0] < span[1]:
            self.ended.append({"website_id": website_id, "started_at": span[0], "ended_at": span[1]})


def _is_late(moment: datetime, state: State | None, paused: Sequence[Paused]) -> bool:
    is_behind = state is not None and moment < state.checked_at and not website_state.is_ahead(state.checked_at)
    return is_behind or pause.is_before_end(paused, moment)


def end(db: Session, website_id: int, at: datetime | None = None) -> None:
    """Nothing is known of the website from *at* (now) on, until its next check: it is paused.

    What its checks said in a row ends too: those to come say nothing of the time between.
    """
    moment = at or utc_now()
    known = website_state.read(db, [website_id]).get(website_id)
    if known is None:
        return
    is_down = select(_is_down).where(_states.c.website_id == website_id)
    is_in_doubt = known.failing_since is not None and not db.scalar(is_down)
    if is_in_doubt and known.failing_since is not None:
        until = min(spoken_until(known, trust(db, [website_id])[website_id]), moment)
        leave_out(db, website_id, since=known.failing_since, until=until)
    website_state.write(db, {website_id: _paused(known, moment, is_in_doubt=is_in_doubt)})


def _paused(state: State, moment: datetime, *, is_in_doubt: bool) -> State:
    """*state* from *moment* on, where the website is paused; *is_in_doubt* where it fails and is not called down.

    Nor will it be called so any more: its failures are no known time.
    """
    until = state.known_until
    if until is not None and until > moment:
        until = max(moment, state.known_since or moment)
    if is_in_doubt and state.failing_since is not None:
        until = state.known_since and max(state.known_since, state.failing_since)
    return state._replace(known_until=until, failing_since=None, available_since=None, run_checks=None, run_until=None)


def spans(db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime) -> dict[int, list[Span]]:
    """The known time of each website from *since* to *until*, in order, in two queries."""
    first, last = since.timestamp(), until.timestamp()
    found: dict[int, list[Span]] = {website_id: [] for website_id in website_ids}
    for statement in (_ENDED, _STILL_OPEN):
        for website_id, start, end in rows_of(db, statement, ids=website_ids, since=since, until=until):
            found[website_id].append((max(start, first), min(end, last)))
    return {website_id: union(known) for website_id, known in found.items()}


def rebuild(db: Session, website_ids: Sequence[int] | None = None) -> None:
    """Learn anew, from the checks that are stored, what is known of these websites or of all.

    For checks that came in past `fold`. What is known of the time before the oldest check that is kept stays. Rollups
    are begun anew as well: `rollups.catch_up` makes them, and until then single checks are read.
    Trust is that of the present interval, as the checks do not tell of another one.
    """
    wanted = list(db.scalars(select(Website.id).order_by(Website.id))) if website_ids is None else website_ids
    trusted = trust(db, wanted)
    for website_id in wanted:
        _rebuild_one(db, website_id, trusted[website_id])
    website_days.outdate(db)


def _rebuild_one(db: Session, website_id: int, trusted: timedelta) -> None:
    first = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id == website_id))
    if first is None:
        return
    paused = pause.not_over(db, [website_id], since=first).get(website_id, ())
    state = _before(db, website_id, first)
    ended: list[Ended] = []
    left_out: list[tuple[datetime, datetime]] = []
    for one in _in_order(db, website_id, paused):
        if isinstance(one, Paused):
            if state is not None and (since := state.failing_since) is not None:
                left_out.append((since, one.since))
            is_in_doubt = (
                bool(left_out) and left_out[-1][1] == one.since and not was_down(db, website_id, *left_out[-1])
            )
            state = state and _paused(state, one.since, is_in_doubt=is_in_doubt)
            continue
        last, (state, span) = state, after(state, one, trusted)
        if span is not None and span[0] < span[1]:
            ended.append(span)
        if one.region_status is None and (failed := unseen(last, state, trusted)) is not None:
            left_out.append(failed)
    insert_spans(db, [(website_id, (start.timestamp(), end.timestamp())) for start, end in ended])
    for since, until in left_out:
        leave_out(db, website_id, since=since, until=until)
    website_state.write(db, {website_id: state or website_state.unknown(first)})
    rollups.forget(db, website_id)


def _in_order(db: Session, website_id: int, paused: Sequence[Paused]) -> Iterator[Told | Paused]:
    """The stored checks of a website and its pauses; without the checks that were made in one."""
    columns = (getattr(MonitorCheck, name) for name in Told._fields)
    query = select(*columns).where(MonitorCheck.website_id == website_id)
    in_order = query.order_by(MonitorCheck.checked_at, MonitorCheck.id).execution_options(yield_per=10_000)
    ahead = deque(paused)
    for row in db.execute(in_order):
        check = Told(*row)
        while ahead and ahead[0].since <= check.checked_at:
            yield ahead.popleft()
        if not pause.is_within(paused, check.checked_at):
            yield check
    yield from ahead


def _before(db: Session, website_id: int, first: datetime) -> State | None:
    """Forget what is known from *first* on; returns the span that reaches up to there, if there is one."""
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
        known_since=datetime.fromtimestamp(reaching[0], UTC) if reaching else None,
        known_until=first if reaching else None,
        certificate_expires_at=before.certificate_expires_at if before else None,
        certificate_issuer=before.certificate_issuer if before else None,
        rolled_until=before.rolled_until if before else None,
    )


def trust(db: Session, website_ids: Sequence[int], *, is_held: bool = False) -> dict[int, timedelta]:
    """How long a check of each of these websites speaks; without those that are not there.

    Args:
        is_held: Let no other transaction that asks so have any of them before this one ends; SQLite has one anyway.
            It is asked for checks that are to be stored now: of a website that was paused while it was checked they
            speak for no time.
    """
    found = rows_of(db, _HELD_INTERVALS if is_held else _INTERVALS, ids=website_ids)
    return {website_id: timedelta(seconds=TRUST_FACTOR * interval) for website_id, interval in found}
