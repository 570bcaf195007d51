"""What a fleet of any size takes, computed from what a check was measured to cost; and which limit is met first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.services.retention import BATCH_ON_SERVER as BATCH
from core.workers.housekeeping import PAUSE_SECONDS, ROUND_SECONDS
from core.workers.monitor import LOOK_AGAIN_SECONDS

MIB, GIB = 1024**2, 1024**3
DAY = 86_400
KEPT_DAYS = 61  # at most: WATCHWRIGHT_RETENTION_CHECKS_DAYS, and a month that goes when its last day is that old
WORKER_LOAD = 0.6  # of a core, of which a worker has one: beyond, its own queueing shows in lateness
WORKER_CONNECTIONS = 6

SIZES = ((10_000, 30), (10_000, 60), (100_000, 60), (1_000_000, 60))
"""Websites, and how often each is checked, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Measured by `benchmarks.fleet` on a worker that has enough to do."""

    worker_cpu_ms: float
    """Of a check, in workers."""
    postgres_cpu_ms: float
    """Of a check, in PostgreSQL: planning, queueing, storing and judging it."""
    wal_bytes: float
    """Of a check."""
    stored_bytes: float
    """Of a check in `monitor_checks`, with its indexes."""
    worker_bytes: float
    """Memory of a worker (PSS) that knows so many websites."""
    known_websites: int
    website_bytes: float
    """Of a worker's memory, for each of them."""
    read_ms: float
    """CPU of a worker to look through all of them and read the one that was changed."""
    look_ms: float
    """CPU of PostgreSQL, mostly, to tell a worker whether any of them was changed."""
    told_us: float
    """CPU of a dashboard to hear of a check."""
    batch_ms: float
    """Of processors for housekeeping to delete a batch of old minutes; old checks go by the month, in no time."""
    scan_ms: float
    """Likewise to look through all of them for old minutes."""
    checks_per_second: float
    """At which it was measured."""


MEASURED = Costs(
    worker_cpu_ms=0.949,
    postgres_cpu_ms=0.163,
    wal_bytes=1_340,
    stored_bytes=339,
    worker_bytes=116_000_000,
    known_websites=10_000,
    website_bytes=461,
    read_ms=45.1,
    look_ms=1.73,
    told_us=2.95,
    batch_ms=104,
    scan_ms=39.1,
    checks_per_second=328,
)
"""By ``python -m benchmarks.fleet --costs`` on two cores of a virtual machine that had much else to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that there is so much of."""

    name: str
    share: Callable[[float, float], float]
    """Of it that is used by so many websites with so many checks a second."""
    way_out: str


def limits(costs: Costs) -> list[Limit]:
    """What may run out, on one large server and as many workers as it takes."""
    return [
        Limit(
            name="PostgreSQL's CPU: 16 cores",
            share=lambda websites, rate: postgres_cores(costs, websites, rate) / 16,
            way_out="longer intervals, or several stores",
        ),
        Limit(
            name="write-ahead log: 200 MiB/s",
            share=lambda _websites, rate: rate * costs.wal_bytes / (200 * MIB),
            way_out="a separate disk for it",
        ),
        Limit(
            name=f"disk: 4 TiB for {KEPT_DAYS} days of checks",
            share=lambda _websites, rate: rate * DAY * KEPT_DAYS * costs.stored_bytes / (4_096 * GIB),
            way_out="a shorter `WATCHWRIGHT_RETENTION_CHECKS_DAYS`; charts and uptime do not need the checks",
        ),
        Limit(
            name="housekeeping: one process deletes expired minutes in batches",
            share=lambda websites, _rate: websites / 60 / max(deletes_per_second(costs, websites), 1e-9),
            way_out="none yet; expired minutes would accumulate",
        ),
        Limit(
            name=f"connections: 500, {WORKER_CONNECTIONS} per worker",
            share=lambda _websites, rate: WORKER_CONNECTIONS * workers(costs, rate) / 500,
            way_out="a larger `max_connections`; each costs PostgreSQL some 5 MiB",
        ),
        Limit(
            name="a dashboard's CPU: it receives a signal for every check",
            share=lambda _websites, rate: rate * costs.told_us / 1_000_000,
            way_out="none yet; pages would lag",
        ),
        Limit(
            name="a worker's CPU: within 2 s of a change it scans all websites",
            share=lambda websites, _rate: websites / costs.known_websites * costs.read_ms / 1_000 / LOOK_AGAIN_SECONDS,
            way_out="none yet; change many websites at once, and rarely",
        ),
    ]


def deletes_per_second(costs: Costs, websites: float) -> float:
    """Old minutes that housekeeping deletes, with its pauses, and looking through so many websites once a round."""
    looks = costs.scan_ms / 1_000 * websites / costs.known_websites / ROUND_SECONDS
    return BATCH / (PAUSE_SECONDS + costs.batch_ms / 1_000) * max(1 - looks, 0.0)


def postgres_cores(costs: Costs, websites: float, checks_per_second: float) -> float:
    """Of PostgreSQL, for the checks, and for each worker's looks for changes."""
    look_ms = costs.look_ms * websites / costs.known_websites
    looks = workers(costs, checks_per_second) * look_ms / 1_000 / LOOK_AGAIN_SECONDS
    return checks_per_second * costs.postgres_cpu_ms / 1_000 + looks


def workers(costs: Costs, checks_per_second: float) -> int:
    """How many workers so many checks take."""
    return max(int(-(-checks_per_second * costs.worker_cpu_ms / 1_000 // WORKER_LOAD)), 1)


def tables(costs: Costs = MEASURED) -> list[str]:
    """What was measured, what fleets of some sizes take, and where each limit is met: as docs/scaling.md has them."""
    return [_of_a_check(costs), _of_websites(costs), _of_sizes(costs), _of_limits(costs)]


def _of_a_check(costs: Costs) -> str:
    return _table(
        f"for each check, at {costs.checks_per_second:.0f} a second | cost",
        f"a worker's CPU | {costs.worker_cpu_ms:.2f} ms",
        f"PostgreSQL's CPU | {costs.postgres_cpu_ms:.2f} ms",
        f"written to the log (WAL) | {costs.wal_bytes:,.0f} bytes",
        f"stored, with indexes | {costs.stored_bytes:,.0f} bytes",
        f"a dashboard's CPU to process its signal | {costs.told_us:.1f} µs",
    )


def _of_websites(costs: Costs) -> str:
    return _table(
        f"for {costs.known_websites:,} websites | cost",
        f"a worker's memory (PSS) | {costs.worker_bytes / MIB:.0f} MiB",
        f"… of which for each website | {costs.website_bytes:,.0f} bytes",
        f"a worker's CPU to read one changed website | {costs.read_ms:.0f} ms",
        f"PostgreSQL's CPU for a worker's poll for changes, every 2 s | {costs.look_ms:.1f} ms",
        f"CPU to search them for expired minutes | {costs.scan_ms:.0f} ms",
        f"… and to delete {BATCH:,} | {costs.batch_ms:.0f} ms",
    )


def _of_sizes(costs: Costs) -> str:
    return _table(
        "websites, every | checks/s | workers | worker cores | memory | PostgreSQL cores | log | disk per day",
        *(_row(costs, websites, websites / interval, interval) for websites, interval in SIZES),
    )


def _of_limits(costs: Costs) -> str:
    return _table(
        "limit | reached at this many websites, every 60 s | used at 100,000 | used at 1,000,000 | remedy",
        *(_limit(most, limit) for most, limit in sorted(_met(costs), key=lambda pair: pair[0])),
    )


def _limit(most: float, limit: Limit) -> str:
    shares = " | ".join(_percent(limit, websites) for websites in (100_000, 1_000_000))
    return f"{limit.name} | {_rounded(most):,} | {shares} | {limit.way_out}"


def _percent(limit: Limit, websites: int, interval: int = 60) -> str:
    return f"{limit.share(websites, websites / interval) * 100:,.0f} %"


def _table(head: str, *rows: str) -> str:
    return "\n".join(f"| {line} |" for line in (head, " | ".join(["---"] * (head.count(" | ") + 1)), *rows))


def _row(costs: Costs, websites: int, rate: float, interval: int) -> str:
    count = workers(costs, rate)
    cores = rate * costs.worker_cpu_ms / 1_000
    memory = count * (costs.worker_bytes + (websites - costs.known_websites) * costs.website_bytes) / GIB
    postgres = postgres_cores(costs, websites, rate)
    log, disk = rate * costs.wal_bytes / MIB, rate * DAY * costs.stored_bytes / GIB
    return (
        f"{websites:,}, {interval} s | {rate:,.0f} | {count} | {cores:.1f} | {memory:.1f} GiB | {postgres:.1f} "
        f"| {log:.1f} MiB/s | {disk:,.1f} GiB"
    )


def _met(costs: Costs, interval: int = 60) -> Iterator[tuple[float, Limit]]:
    """How many websites each limit allows, found by halving."""
    for limit in limits(costs):
        least, most = 1.0, 1e9
        while most / least > 1.001:
            middle = (least * most) ** 0.5
            if limit.share(middle, middle / interval) > 1:
                most = middle
            else:
                least = middle
        yield least, limit


def _rounded(number: float) -> int:
    """To two figures: no more are known."""
    unit: int = 10 ** max(len(str(int(number))) - 2, 0)
    return round(number / unit) * unit
