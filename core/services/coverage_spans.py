"""The spans of known time that are over: stored, and drawn anew where checks are stored after later ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.models import CoverageSpan, DowntimeWindow, MonitorCheck, MonitorStatus, UtcDateTime
from core.services import pause, website_state
from core.services.pause import Pauses
from core.services.prepared import IDS, rows_of
from core.services.spans import Span, difference, intersection, union
from core.services.website_state import Checked, State

_check, _later = (aliased(MonitorCheck.__table__) for _ in range(2))
_next = (
    select(func.min(_later.c.checked_at))
    .where(_later.c.website_id == _check.c.website_id, _later.c.checked_at > _check.c.checked_at)
    .scalar_subquery()
)
_FOLLOWING = select(_check.c.id, _next).where(_check.c.id.in_(IDS))
_WAS_DOWN = select(
    select(DowntimeWindow.id)
    .where(
        DowntimeWindow.website_id == bindparam("website_id"),
        DowntimeWindow.started_at < bindparam("until", type_=UtcDateTime()),
        or_(
            DowntimeWindow.ended_at.is_(None),
            DowntimeWindow.ended_at > bindparam("since", type_=UtcDateTime()),
        ),
    )
    .exists()
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What late checks of a website make known, and what they say nothing is known of."""

    add: list[Span] = field(default_factory=list)
    cut: list[Span] = field(default_factory=list)


def insert_spans(db: Session, drawn: Iterable[tuple[int, Span]]) -> None:
    """Store these spans, each with its website's id before it."""
    rows = [
        {"website_id": website_id, "started_at": _instant(first), "ended_at": _instant(last)}
        for website_id, (first, last) in drawn
    ]
    if rows:
        db.execute(insert(CoverageSpan), rows)


def add_late(
    db: Session,
    checks: Sequence[Checked],
    states: Mapping[int, State],
    trusted: Mapping[int, timedelta],
    paused: Pauses,
) -> None:
    """Add checks that were stored after later ones: each speaks until the next one that is stored, or its pause.

    It takes the same few statements for all of them: an outage of the store, or of a worker, leaves thousands.

    Args:
        checks: Which are not the latest of their websites, or began before the end of a pause, in order.
        states: Of their websites, as they are stored.
        trusted: How long a check of each website speaks.
        paused: Their pauses; what began in one says nothing.
    """
    told = [one for one in checks if not pause.is_within(paused.get(one.website_id, ()), one.checked_at)]
    states = {**states, **_ended(db, told, states, paused)}
    late = [check for check in told if not _is_known(states[check.website_id], check)]
    if not late:
        return
    following = {row[0]: row[1] for row in rows_of(db, _FOLLOWING, ids=[check.id for check in late])}
    changes: dict[int, Changes] = defaultdict(Changes)
    for check in late:
        state = states[check.website_id]
        ends = (following.get(check.id), pause.first_after(paused.get(check.website_id, ()), check.checked_at))
        until = min((end for end in ends if end is not None), default=state.checked_at)
        if check.status == MonitorStatus.UNKNOWN:
            changes[check.website_id].cut.append((check.checked_at.timestamp(), until.timestamp()))
        else:
            until = min(check.checked_at + trusted[check.website_id], until)
            changes[check.website_id].add.append((check.checked_at.timestamp(), until.timestamp()))
    _redraw(db, changes, states)


def unseen(last: State | None, now: State, trusted: timedelta) -> tuple[datetime, datetime] | None:
    """When a website failed in the run of *last*, if that is over *now* and somebody did not see the whole of it.

    What is known of the time ended in the course of the run, or after it: by a gap, or by a check that said nothing.
    It ends with what its last check spoke of, as the clock may have been set forward since, over all that is known.
    """
    since = last.failing_since if last else None
    if last is None or since is None or (now.failing_since is not None and now.failing_since <= since):
        return None
    is_unseen = now.known_since is None or now.known_since > since
    return (since, min(spoken_until(last, trusted), now.checked_at)) if is_unseen else None


def spoken_until(state: State, trusted: timedelta) -> datetime:
    """Until when the last check speaks that said something of the website."""
    return state.known_until or (state.run_until or state.checked_at) + trusted


def leave_out(db: Session, website_id: int, *, since: datetime, until: datetime) -> None:
    """Know nothing of the time from *since* on in spans that were over by *until*, unless the website was called down.

    It failed from *since* on, and nobody saw whether it went on: it was neither absorbed nor confirmed.
    """
    if was_down(db, website_id, since, until):
        return
    over = (CoverageSpan.website_id == website_id, CoverageSpan.ended_at > since, CoverageSpan.ended_at <= until)
    db.execute(delete(CoverageSpan).where(*over, CoverageSpan.started_at >= since))
    db.execute(update(CoverageSpan).where(*over).values(ended_at=since))


def decide_anew(
    db: Session,
    late: Sequence[Checked],
    trusted: timedelta,
    *,
    before: Sequence[Span],
    now: Sequence[Span],
    known: Sequence[Span],
    paused: Pauses,
) -> None:
    """Have what `leave_out` left out of a website be *now*, where it was *before*: its checks *late* came late.

    What was left out and is so no more is as *known* as it is by its checks. What the late ones speak of may have been
    left out as well: they were stored together with what ended the run.
    """
    if not before and not now:
        return
    website_id = late[0].website_id
    add_late(db, late, website_state.read(db, [website_id]), {website_id: trusted}, paused)
    before, now = union(before), union(now)
    cut = [span for span in now if not was_down(db, website_id, *map(_instant, span))]
    changes = Changes(intersection(difference(before, now), union(known)), cut)
    if changes.add or changes.cut:
        _redraw(db, {website_id: changes}, website_state.read(db, [website_id]))


def was_down(db: Session, website_id: int, since: datetime, until: datetime) -> bool:
    """Whether a downtime window of the website touches the time between."""
    return bool(db.scalar(_WAS_DOWN, {"website_id": website_id, "since": since, "until": until}))


def _ended(db: Session, late: Sequence[Checked], states: Mapping[int, State], paused: Pauses) -> dict[int, State]:
    """The states of websites that were paused since their latest check: what was known is a span that is over."""
    known: list[tuple[int, Span]] = []
    ended: dict[int, State] = {}
    for website_id in {one.website_id for one in late}:
        state = states[website_id]
        if pause.first_after(paused.get(website_id, ()), state.checked_at) is None:
            continue
        if state.known_since and state.known_until and state.known_since < state.known_until:
            known.append((website_id, (state.known_since.timestamp(), state.known_until.timestamp())))
        ended[website_id] = state._replace(known_since=None, known_until=None)
    insert_spans(db, known)
    website_state.write(db, ended)
    return ended


def _is_known(state: State, check: Checked) -> bool:
    """Whether what *check* speaks of is known anyway, as of several regions whose checks overtake one another."""
    is_within = state.known_since is not None and state.known_since <= check.checked_at <= state.checked_at
    return is_within and check.status != MonitorStatus.UNKNOWN


def _redraw(db: Session, changes: Mapping[int, Changes], states: Mapping[int, State]) -> None:
    """Store anew the spans that are otherwise; the one that reaches the latest check stays the open one."""
    stored = _near(db, changes)
    over: list[int] = []
    new: list[tuple[int, Span]] = []
    opened: dict[int, State] = {}
    for website_id, change in changes.items():
        state, there = states[website_id], stored[website_id]
        drawn, since = _drawn(state, there, change)
        over += [span_id for span, span_id in there.items() if span not in drawn]
        new += [(website_id, span) for span in drawn if span not in there]
        if since is not None:
            opened[website_id] = state._replace(known_since=since)
    website_state.write(db, opened)
    if over:
        db.execute(delete(CoverageSpan).where(CoverageSpan.id.in_(over)))
    insert_spans(db, new)


def _near(db: Session, changes: Mapping[int, Changes]) -> dict[int, dict[Span, int]]:
    """The stored spans that any change may touch, with their ids, by website."""
    touched = [span for change in changes.values() for span in (*change.add, *change.cut)]
    near = select(CoverageSpan).where(
        CoverageSpan.website_id.in_(list(changes)),
        CoverageSpan.ended_at >= _instant(min(first for first, _last in touched)),
        CoverageSpan.started_at <= _instant(max(last for _first, last in touched)),
    )
    found: dict[int, dict[Span, int]] = defaultdict(dict)
    for span in db.scalars(near):
        found[span.website_id][span.started_at.timestamp(), span.ended_at.timestamp()] = span.id
    return found


def _drawn(state: State, stored: Iterable[Span], change: Changes) -> tuple[set[Span], datetime | None]:
    """The spans that are over, with *change*, and since when is known what is still: None where nothing is."""
    if state.known_since is None:
        return set(difference(union([*stored, *change.add]), union(change.cut))), None
    latest = state.checked_at.timestamp()
    known = [*stored, (state.known_since.timestamp(), latest), *change.add]
    drawn = difference(union(known), union(change.cut))
    since = next((first for first, last in drawn if last == latest), latest)
    return {span for span in drawn if span[1] != latest}, _instant(since)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
