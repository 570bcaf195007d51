"""All SQL about how the processes on a store are together: who is there, who is heard, and what waits for nobody."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from core.models import DebugSession
from core.services.check_schedule import store_now
from core.services.regions import SILENT_SECONDS
from core.services.session_queue import OFFERED

CALLED = "watchwright/"
"""Begins what each process calls the one connection on which it listens: ``watchwright/1.2.0 checks@eu``."""

PRESENT = text("""
    SELECT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, :called)
""")

BALLOTS = text("""
    SELECT regions::text, quorum, count(*), min(name) FROM websites
    WHERE is_active AND json_typeof(regions) = 'array' GROUP BY 1, 2 ORDER BY 1, 2
""")

HEARD = text(
    "SELECT name, heard_at, heard_at >= now() - :seconds * interval '1 second' FROM regions WHERE heard_at IS NOT NULL"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One that is connected to the store."""

    version: str
    role: str
    """``dashboard``, or what it works on: ``checks``, ``sessions`` or ``checks+sessions``."""
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Websites that name the same regions and the same quorum."""

    regions: tuple[str, ...]
    quorum: int | None
    """None where it is more than half of them."""
    websites: int
    first: str
    """The name of one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Debug sessions that no worker has taken."""

    sessions: int
    since: datetime
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetState:
    """How a store's processes are, as far as the store knows."""

    waiting: Waiting | None = None
    """None where no session waits."""
    is_shared: bool = False
    """Whether the store is on a server, where alone the following is known."""
    processes: Counter[Process] = field(default_factory=Counter)
    """Those that are connected now, with how many of each there are."""
    shares: tuple[Share, ...] = ()
    heard: dict[str, datetime] = field(default_factory=dict)
    """The regions of which a worker is heard."""
    silent: dict[str, datetime] = field(default_factory=dict)
    """Those of which none is, with when one was heard last, or when a website first named it."""
    skew_seconds: float = 0.0
    """By how much this machine's clock is ahead of the store's."""


def read(db: Session) -> FleetState:
    """How the processes on the store are now."""
    waiting = _waiting(db)
    if db.get_bind().dialect.name != "postgresql":
        return FleetState(waiting=waiting)
    heard = [(name, as_utc(at), is_heard) for name, at, is_heard in db.execute(HEARD, {"seconds": SILENT_SECONDS})]
    return FleetState(
        waiting=waiting,
        is_shared=True,
        processes=processes(db),
        shares=tuple(
            Share(regions=tuple(orjson.loads(names)), quorum=quorum, websites=count, first=first)
            for names, quorum, count, first in db.execute(BALLOTS)
        ),
        heard={name: at for name, at, is_heard in heard if is_heard},
        silent={name: at for name, at, is_heard in heard if not is_heard},
        skew_seconds=_skew_seconds(db),
    )


def processes(db: Session) -> Counter[Process]:
    """Those that are connected to this PostgreSQL store now."""
    found: Counter[Process] = Counter()
    for name in db.scalars(PRESENT, {"called": CALLED}):
        version, _, told = name.removeprefix(CALLED).partition(" ")
        role, _, region = told.partition("@")
        found[Process(version=version, role=role, region=region or None)] += 1
    return found


def _waiting(db: Session) -> Waiting | None:
    count, since = db.execute(select(func.count(), func.min(DebugSession.created_at)).where(OFFERED)).one()
    if not count:
        return None
    return Waiting(sessions=count, since=as_utc(since), seconds=(utc_now() - as_utc(since)).total_seconds())


def _skew_seconds(db: Session) -> float:
    before = utc_now()
    its_now = store_now(db)
    return (before + (utc_now() - before) / 2 - its_now).total_seconds()
