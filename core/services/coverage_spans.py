"""Stores closed spans of known time, and corrects them for checks that are stored after later ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.clock import utc_at
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
    """Spans of known time that late checks of a website add, and spans that they make unknown."""

    add: list[Span] = field(default_factory=list)
    cut: list[Span] = field(default_factory=list)


def insert_spans(db: Session, drawn: Iterable[tuple[int, Span]]) -> None:
    """Store spans, each given with its website's id."""
    rows = [
        {"website_id": website_id, "started_at": utc_at(first), "ended_at": utc_at(last)}
        for website_id, (first, last) in drawn
    ]
    if rows:
        db.execute(insert(CoverageSpan), rows)


def add_late(
    db: Session,
    checks: Sequence[Checked],
    states: Mapping[int, State],
    validity: Mapping[int, timedelta],
    paused: Pauses,
) -> None:
    """Add late checks to the known time: each covers the time to the next stored check or to a pause.

    Runs the same few statements for any number of checks, because an outage of the store leaves thousands of them.

    Args:
        checks: Late checks, in order: older than the latest check of the website, or than the end of a pause.
        states: The stored states of their websites.
        validity: How long a check of each website stays valid.
        paused: The pauses of the websites. Checks that began during a pause are ignored.
    """
    counted = [
        checked for checked in checks if not pause.is_within(paused.get(checked.website_id, ()), checked.checked_at)
    ]
    states = {**states, **_ended(db, counted, states, paused)}
    late = [check for check in counted if not _is_known(states[check.website_id], check)]
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
            until = min(check.checked_at + validity[check.website_id], until)
            changes[check.website_id].add.append((check.checked_at.timestamp(), until.timestamp()))
    _redraw(db, changes, states)


def unobserved_failure(last: State | None, now: State, validity: timedelta) -> tuple[datetime, datetime] | None:
    """Return the span of failures in the run of *last* if the run ended *now* and known time did not cover all of it.

    Known time ends at a gap between checks or at an UNKNOWN check. The returned span ends with the validity of the last
    failed check, because the clock may have been set forward since.
    """
    since = last.failing_since if last else None
    if last is None or since is None or (now.failing_since is not None and now.failing_since <= since):
        return None
    is_unseen = now.known_since is None or now.known_since > since
    return (since, min(valid_until(last, validity), now.checked_at)) if is_unseen else None


def valid_until(state: State, validity: timedelta) -> datetime:
    """Return until when the website's last check that was not UNKNOWN is valid."""
    return state.known_until or (state.run_until or state.checked_at) + validity


def mark_unknown(db: Session, website_id: int, *, since: datetime, until: datetime) -> None:
    """Make the time from *since* on unknown, in spans that ended by *until*, unless a downtime window touches it.

    The website failed from *since* on, and a gap without checks left open whether the failure lasted.
    """
    if was_down(db, website_id, since, until):
        return
    over = (CoverageSpan.website_id == website_id, CoverageSpan.ended_at > since, CoverageSpan.ended_at <= until)
    db.execute(delete(CoverageSpan).where(*over, CoverageSpan.started_at >= since))
    db.execute(update(CoverageSpan).where(*over).values(ended_at=since))


def update_unknown(
    db: Session,
    late: Sequence[Checked],
    validity: timedelta,
    *,
    before: Sequence[Span],
    now: Sequence[Span],
    known: Sequence[Span],
    paused: Pauses,
) -> None:
    """Correct the time that `mark_unknown` made unknown, after the *late* checks: it is *now*, and it was *before*.

    Time that is no longer left out becomes known as far as checks cover it (*known*). The time of the late checks is
    added too, because it may have been left out when they were stored together with the check that ended the run.
    """
    if not before and not now:
        return
    website_id = late[0].website_id
    add_late(db, late, website_state.read(db, [website_id]), {website_id: validity}, paused)
    before, now = union(before), union(now)
    cut = [span for span in now if not was_down(db, website_id, *map(utc_at, span))]
    changes = Changes(intersection(difference(before, now), union(known)), cut)
    if changes.add or changes.cut:
        _redraw(db, {website_id: changes}, website_state.read(db, [website_id]))


def was_down(db: Session, website_id: int, since: datetime, until: datetime) -> bool:
    """Return whether a downtime window of the website touches the time between *since* and *until*."""
    return bool(db.scalar(_WAS_DOWN, {"website_id": website_id, "since": since, "until": until}))


def _ended(db: Session, late: Sequence[Checked], states: Mapping[int, State], paused: Pauses) -> dict[int, State]:
    """Close the known time of websites that were paused after their latest check; return their new states."""
    known: list[tuple[int, Span]] = []
    ended: dict[int, State] = {}
    for website_id in {check.website_id for check in late}:
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
    """Return whether the time of *check* is known already, as when checks of several regions overtake one another."""
    is_within = state.known_since is not None and state.known_since <= check.checked_at <= state.checked_at
    return is_within and check.status != MonitorStatus.UNKNOWN


def _redraw(db: Session, changes: Mapping[int, Changes], states: Mapping[int, State]) -> None:
    """Replace the stored spans that change. The span that reaches the latest check stays open, in the state."""
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
    """Return the stored spans that any change may touch, with their ids, by website."""
    touched = [span for change in changes.values() for span in (*change.add, *change.cut)]
    near = select(CoverageSpan).where(
        CoverageSpan.website_id.in_(list(changes)),
        CoverageSpan.ended_at >= utc_at(min(first for first, _last in touched)),
        CoverageSpan.started_at <= utc_at(max(last for _first, last in touched)),
    )
    found: dict[int, dict[Span, int]] = defaultdict(dict)
    for span in db.scalars(near):
        found[span.website_id][span.started_at.timestamp(), span.ended_at.timestamp()] = span.id
    return found


def _drawn(state: State, stored: Iterable[Span], change: Changes) -> tuple[set[Span], datetime | None]:
    """Return the closed spans after *change*, and the start of the open span, or None if none is open."""
    if state.known_since is None:
        return set(difference(union([*stored, *change.add]), union(change.cut))), None
    latest = state.checked_at.timestamp()
    known = [*stored, (state.known_since.timestamp(), latest), *change.add]
    drawn = difference(union(known), union(change.cut))
    since = next((first for first, last in drawn if last == latest), latest)
    return {span for span in drawn if span[1] != latest}, utc_at(since)
