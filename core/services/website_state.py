"""The row of each website that says how it is now, and how a check changes it; all SQL about that row.

What is known of a website's time is in it too: see `core.services.coverage`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple, Protocol, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorStatus, WebsiteState
from core.services.bulk import upsert
from core.services.levels import bucket_start
from core.services.prepared import IDS, rows_of, run_many

LONGEST_GAP = timedelta(minutes=10)  # checks further apart are not in one run: nobody looked in between
SLICE_SECONDS = 600  # of checks that are added up together: a chart reads at most so much of a website's raw checks
SLICE = timedelta(seconds=SLICE_SECONDS)
CLOCKS_DIFFER = timedelta(seconds=5)  # no more than that between machines of a fleet, and steps of a clock that is kept
MOST_COUNTED = 1_000  # checks of a run; no setting asks for more, and a row that does not grow is cheaper to write


class Checked(Protocol):
    """What a stored check says of its website."""

    @property
    def id(self) -> int: ...
    @property
    def website_id(self) -> int: ...
    @property
    def status(self) -> MonitorStatus: ...
    @property
    def checked_at(self) -> datetime: ...
    @property
    def response_time_ms(self) -> float | None: ...
    @property
    def http_status_code(self) -> int | None: ...
    @property
    def error_message(self) -> str | None: ...


class Verdict(Protocol):
    """What a check says, and when it began."""

    @property
    def status(self) -> MonitorStatus: ...
    @property
    def checked_at(self) -> datetime: ...


class Doubtful(Protocol):
    """Since when something is known of a website, and since when it fails."""

    @property
    def known_since(self) -> datetime | None: ...
    @property
    def failing_since(self) -> datetime | None: ...


class Running(Protocol):
    """How many checks in a row have said the same, as `State` keeps it; UNKNOWN ones between them do not count."""

    @property
    def checked_at(self) -> datetime: ...
    @property
    def failing_since(self) -> datetime | None: ...
    @property
    def available_since(self) -> datetime | None: ...
    @property
    def run_checks(self) -> int | None: ...
    @property
    def run_until(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A run of checks that say the same, all of failure or all of success."""

    checked_at: datetime
    """When the latest check began, whatever it said."""
    failing_since: datetime | None = None
    available_since: datetime | None = None
    run_checks: int | None = None
    run_until: datetime | None = None
    """When the last check that said something began; None where that is the latest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a host's TLS certificate says of itself."""

    expires_at: datetime | None
    issuer: str | None = None


class State(NamedTuple):
    """What stands in `WebsiteState`, apart from the store; the columns tell what each means."""

    status: MonitorStatus
    checked_at: datetime
    known_since: datetime | None
    known_until: datetime | None
    latest_check_id: int | None = None
    response_time_ms: float | None = None
    http_status_code: int | None = None
    error_message: str | None = None
    failing_since: datetime | None = None
    available_since: datetime | None = None
    run_checks: int | None = None
    run_until: datetime | None = None
    certificate_expires_at: datetime | None = None
    certificate_issuer: str | None = None
    rolled_until: datetime | None = None


_states = cast("Table", WebsiteState.__table__)
_READ = (
    select(_states.c.website_id, *(_states.c[name] for name in State._fields))
    .where(_states.c.website_id.in_(IDS))
    .order_by(_states.c.website_id)
    .with_for_update()
)

# What every check changes; the rest stays as long as a website is as it was, and is not written again.
MOVING = ("checked_at", "known_until", "latest_check_id", "response_time_ms", "http_status_code", "run_checks")
_moving = attrgetter(*MOVING)
_lasting = attrgetter(*(name for name in State._fields if name not in MOVING))
_MOVED = ("moved_id", *(f"new_{name}" for name in MOVING))
_MOVE = (
    update(_states)
    .where(_states.c.website_id == bindparam("moved_id"))
    .values({name: bindparam(f"new_{name}") for name in MOVING})
)

Ended = tuple[datetime, datetime]
"""A span of known time that is over."""


def unknown(moment: datetime) -> State:
    """A website of which nothing is known by *moment*."""
    return State(
        status=MonitorStatus.UNKNOWN,
        checked_at=moment,
        known_since=None,
        known_until=None,
        rolled_until=slice_start(moment),
    )


def after(state: State | None, check: Checked, trusted: timedelta) -> tuple[State, Ended | None]:
    """Fold a check, not older than the latest, into the state of its website; pure.

    Args:
        trusted: How long it speaks; zero where the website has been paused: what is known up to then stays, and no
            run of checks begins.

    Returns:
        The state now, and the span of known time that this check has ended, if it has.
    """
    checked_at = check.checked_at
    since = state.known_since if state else None
    until = state.known_until if state else None
    says_nothing = check.status == MonitorStatus.UNKNOWN
    ended: Ended | None = None
    if since is not None and until is not None and (says_nothing or until < checked_at):
        ended = (since, min(until, checked_at))
        since = None
    is_watched = bool(trusted)
    if not is_watched and until is not None:
        trusted = max(until - checked_at, trusted)
    run = run_after(state, check) if is_watched else KeptRun(checked_at=checked_at)
    now = State(
        status=check.status,
        checked_at=checked_at,
        known_since=None if says_nothing else since or checked_at,
        known_until=None if says_nothing else checked_at + trusted,
        latest_check_id=check.id,
        response_time_ms=check.response_time_ms,
        http_status_code=check.http_status_code,
        error_message=check.error_message,
        failing_since=run.failing_since,
        available_since=run.available_since,
        run_checks=run.run_checks,
        run_until=run.run_until,
        certificate_expires_at=state.certificate_expires_at if state else None,
        certificate_issuer=state.certificate_issuer if state else None,
        rolled_until=_rolled_until(state, checked_at),
    )
    return now, ended


def _rolled_until(state: State | None, checked_at: datetime) -> datetime | None:
    """No further than where the check is: what was paused may have been added up by a clock that was ahead."""
    if state is None:
        return slice_start(checked_at)
    until = state.rolled_until
    return until if until is None or until <= checked_at else slice_start(checked_at)


def is_ahead(moment: datetime) -> bool:
    """Whether a check that began at *moment* went by a clock that was set back since: it cannot have begun yet."""
    return moment > utc_now() + CLOCKS_DIFFER


def set_back(state: State, moment: datetime) -> tuple[State, Ended | None]:
    """*state* for a check that began at *moment*, before what `is_ahead` says of the latest one; pure.

    The website goes on as it was: what its checks said in a row stays said, and what was known is a span that is over.
    """
    known = None if state.known_since is None else (state.known_since, state.checked_at)
    rolled_until = state.rolled_until and min(state.rolled_until, slice_start(moment))  # checks come there once more
    now = state._replace(
        checked_at=moment, known_since=None, known_until=None, run_until=None, rolled_until=rolled_until
    )
    return now, known


def is_in_doubt(state: Doubtful) -> bool:
    """Whether a website has failed ever since something is known of it; whether it is called down is not asked here."""
    since, failing_since = state.known_since, state.failing_since
    return since is not None and failing_since is not None and failing_since <= since


def slice_start(moment: datetime) -> datetime:
    """The start of the slice in which *moment* is; days and hours are made of whole slices."""
    return bucket_start(moment, SLICE_SECONDS)


def run_after(before: Running | None, check: Verdict) -> KeptRun:
    """The run that *check* goes on with or begins, where *before* is the one of the checks until then."""
    checked_at = check.checked_at
    if check.status == MonitorStatus.UNKNOWN:
        if before is None:
            return KeptRun(checked_at=checked_at)
        return KeptRun(
            checked_at=checked_at,
            failing_since=before.failing_since,
            available_since=before.available_since,
            run_checks=before.run_checks,
            run_until=before.run_until or before.checked_at,
        )
    is_failing = check.status == MonitorStatus.DOWN
    since, counted = checked_at, 1
    if before is not None and checked_at - (before.run_until or before.checked_at) <= LONGEST_GAP:
        begun = before.failing_since if is_failing else before.available_since
        if begun is not None:
            since = min(begun, checked_at)  # a clock that was set back leaves it ahead
            counted = min((before.run_checks or 0) + 1, MOST_COUNTED)
    if is_failing:
        return KeptRun(checked_at=checked_at, failing_since=since, run_checks=counted)
    return KeptRun(checked_at=checked_at, available_since=since, run_checks=counted)


def with_certificate(state: State, certificate: Certificate) -> State:
    """*state* with what the newest certificate says."""
    if (state.certificate_expires_at, state.certificate_issuer) == (certificate.expires_at, certificate.issuer):
        return state
    return state._replace(certificate_expires_at=certificate.expires_at, certificate_issuer=certificate.issuer)


def read(db: Session, website_ids: Sequence[int]) -> dict[int, State]:
    """The states of these websites as far as they have one, held until the transaction ends."""
    return {row[0]: State(*row[1:]) for row in rows_of(db, _READ, ids=website_ids)}


def write(db: Session, states: Mapping[int, State], *, before: Mapping[int, State] | None = None) -> None:
    """Store *states*, each by its website's id, in one statement; a shorter one where little differs from *before*."""
    if not states:
        return
    if before is not None and all(key in before and _lasting(before[key]) == _lasting(states[key]) for key in states):
        run_many(db, _MOVE, [dict(zip(_MOVED, (key, *_moving(state)), strict=True)) for key, state in states.items()])
        return
    rows = [{"website_id": key, **state._asdict()} for key, state in states.items()]
    run_many(db, upsert(db, WebsiteState, key=("website_id",)), rows)
