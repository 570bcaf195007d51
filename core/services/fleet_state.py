"""All SQL about the processes that share a store: which are connected, which regions work, and which jobs wait."""

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

APPLICATION_PREFIX = "watchwright/"
"""The prefix of the application name of each process's listening connection: ``watchwright/1.2.0 checks@eu``."""

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
    """A process that is connected to the store."""

    version: str
    role: str
    """``dashboard``, or the worker's queues: ``checks``, ``sessions`` or ``checks+sessions``."""
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The websites with the same regions and quorum."""

    regions: tuple[str, ...]
    quorum: int | None
    """None for more than half of them."""
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
    """The state of the processes that share a store."""

    waiting: Waiting | None = None
    """None if no session waits."""
    is_shared: bool = False
    """Whether the store is on PostgreSQL. The following fields are known only then."""
    processes: Counter[Process] = field(default_factory=Counter)
    """The connected processes, with the number of each."""
    shares: tuple[Share, ...] = ()
    reporting: dict[str, datetime] = field(default_factory=dict)
    """The regions with a working worker, with the time of its last report."""
    silent: dict[str, datetime] = field(default_factory=dict)
    """The other regions, with the time of the last report, or when a website first named the region."""
    skew_seconds: float = 0.0
    """How far this machine's clock is ahead of the store's."""


def read(db: Session) -> FleetState:
    """Return the current state of the processes that share the store."""
    waiting = _waiting(db)
    if db.get_bind().dialect.name != "postgresql":
        return FleetState(waiting=waiting)
    rows = [
        (name, as_utc(at), is_reporting) for name, at, is_reporting in db.execute(HEARD, {"seconds": SILENT_SECONDS})
    ]
    return FleetState(
        waiting=waiting,
        is_shared=True,
        processes=processes(db),
        shares=tuple(
            Share(regions=tuple(orjson.loads(names)), quorum=quorum, websites=count, first=first)
            for names, quorum, count, first in db.execute(BALLOTS)
        ),
        reporting={name: at for name, at, is_reporting in rows if is_reporting},
        silent={name: at for name, at, is_reporting in rows if not is_reporting},
        skew_seconds=_skew_seconds(db),
    )


def processes(db: Session) -> Counter[Process]:
    """Return the processes that are connected to this PostgreSQL store."""
    found: Counter[Process] = Counter()
    for name in db.scalars(PRESENT, {"called": APPLICATION_PREFIX}):
        version, _, rest = name.removeprefix(APPLICATION_PREFIX).partition(" ")
        role, _, region = rest.partition("@")
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
