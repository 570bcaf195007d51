"""The current state of each website, and how a check changes it, with all SQL about that row.

The row also holds the current span of known time, see `core.services.coverage`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple, Protocol, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from core.models import MonitorStatus, WebsiteState
from core.services.bulk import upsert
from core.services.levels import bucket_start
from core.services.prepared import IDS, rows_of, run_many
from core.services.runs import KeptRun, run_after

SLICE_SECONDS = 600  # span of checks per rollup step; charts read at most this much of a website's raw checks
SLICE = timedelta(seconds=SLICE_SECONDS)


class Checked(Protocol):
    """A stored check, as far as states need it."""

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


class Doubtful(Protocol):
    """Since when a website's state is known, and since when it fails."""

    @property
    def known_since(self) -> datetime | None: ...
    @property
    def failing_since(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The expiry and issuer of a TLS certificate."""

    expires_at: datetime | None
    issuer: str | None = None


class State(NamedTuple):
    """A row of `WebsiteState` as a plain tuple; see the model for the meaning of each column."""

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

# The columns that every check changes. The others are written only when they differ.
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
"""A closed span of known time."""


def unknown(moment: datetime) -> State:
    """Return the state of a website without any known time at *moment*."""
    return State(
        status=MonitorStatus.UNKNOWN,
        checked_at=moment,
        known_since=None,
        known_until=None,
        rolled_until=slice_start(moment),
    )


def after(state: State | None, check: Checked, validity: timedelta) -> tuple[State, Ended | None]:
    """Apply a check, which must not be older than the latest one, to the state of its website. Pure.

    Args:
        validity: How long the check stays valid. Zero if the website has been paused: the known time stays as it is,
            and no run begins.

    Returns:
        The new state, and the span of known time that this check ended, or None.
    """
    checked_at = check.checked_at
    since = state.known_since if state else None
    until = state.known_until if state else None
    says_nothing = check.status == MonitorStatus.UNKNOWN
    ended: Ended | None = None
    if since is not None and until is not None and (says_nothing or until < checked_at):
        ended = (since, min(until, checked_at))
        since = None
    is_watched = bool(validity)
    if not is_watched and until is not None:
        validity = max(until - checked_at, validity)
    run = run_after(state, check) if is_watched else KeptRun(checked_at=checked_at)
    now = State(
        status=check.status,
        checked_at=checked_at,
        known_since=None if says_nothing else since or checked_at,
        known_until=None if says_nothing else checked_at + validity,
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
    """Return how far rollups reach, at most to the check: a fast clock may have moved them ahead during a pause."""
    if state is None:
        return slice_start(checked_at)
    until = state.rolled_until
    return until if until is None or until <= checked_at else slice_start(checked_at)


def set_back(state: State, moment: datetime) -> tuple[State, Ended | None]:
    """Return *state* moved back to *moment*, because the latest check has a future date. Pure.

    The run of checks continues. The known time becomes a closed span, which is returned too.
    """
    known = None if state.known_since is None else (state.known_since, state.checked_at)
    # Aggregate again from there, because new checks will have those dates.
    rolled_until = state.rolled_until and min(state.rolled_until, slice_start(moment))
    now = state._replace(
        checked_at=moment, known_since=None, known_until=None, run_until=None, rolled_until=rolled_until
    )
    return now, known


def is_in_doubt(state: Doubtful) -> bool:
    """Return whether the website has failed for all of its current known time. An open window is not considered."""
    since, failing_since = state.known_since, state.failing_since
    return since is not None and failing_since is not None and failing_since <= since


def slice_start(moment: datetime) -> datetime:
    """Return the start of the slice that contains *moment*. Hours and days consist of whole slices."""
    return bucket_start(moment, SLICE_SECONDS)


def with_certificate(state: State, certificate: Certificate) -> State:
    """Return *state* with the newest certificate."""
    if (state.certificate_expires_at, state.certificate_issuer) == (certificate.expires_at, certificate.issuer):
        return state
    return state._replace(certificate_expires_at=certificate.expires_at, certificate_issuer=certificate.issuer)


def read(db: Session, website_ids: Sequence[int]) -> dict[int, State]:
    """Return and lock the states of these websites, by website id, as far as they have one."""
    return {row[0]: State(*row[1:]) for row in rows_of(db, _READ, ids=website_ids)}


def write(db: Session, states: Mapping[int, State], *, before: Mapping[int, State] | None = None) -> None:
    """Store *states*, by website id, in one statement, which is shorter if little differs from *before*."""
    if not states:
        return
    if before is not None and all(key in before and _lasting(before[key]) == _lasting(states[key]) for key in states):
        run_many(db, _MOVE, [dict(zip(_MOVED, (key, *_moving(state)), strict=True)) for key, state in states.items()])
        return
    rows = [{"website_id": key, **state._asdict()} for key, state in states.items()]
    run_many(db, upsert(db, WebsiteState, key=("website_id",)), rows)
