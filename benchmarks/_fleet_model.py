"""Calculates the resources that a fleet of any size needs from the measured cost of a check, and its first limit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.services.retention import BATCH_ON_SERVER as BATCH
from core.workers.housekeeping import PAUSE_SECONDS, ROUND_SECONDS
from core.workers.monitor import STORE_POLL_SECONDS

MIB, GIB = 1024**2, 1024**3
DAY = 86_400
KEPT_DAYS = 61  # at most: WATCHWRIGHT_RETENTION_CHECKS_DAYS, and a month that goes when its last day is that old
WORKER_LOAD = 0.6  # share of a worker's core; above it, queueing makes checks late
WORKER_CONNECTIONS = 6

SIZES = ((10_000, 30), (10_000, 60), (100_000, 60), (1_000_000, 60))
"""Pairs of a number of websites and their check interval in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Costs that `benchmarks.fleet` measures on a busy worker."""

    worker_cpu_ms: float
    """CPU time of a worker per check."""
    postgres_cpu_ms: float
    """CPU time of PostgreSQL per check: planning, queueing, storing and judging it."""
    wal_bytes: float
    """Write-ahead log per check."""
    stored_bytes: float
    """Size of a check in `monitor_checks`, with its indexes."""
    worker_bytes: float
    """Memory (PSS) of a worker that knows `known_websites`."""
    known_websites: int
    website_bytes: float
    """A worker's memory per website."""
    read_ms: float
    """CPU time of a worker to look through `known_websites` and read a changed one."""
    look_ms: float
    """CPU time, mostly of PostgreSQL, of a worker's poll for changes."""
    told_us: float
    """CPU time of a dashboard to handle the signal of a check."""
    batch_ms: float
    """CPU time of housekeeping to delete a batch of old minutes. Dropping a month of old checks takes no time."""
    scan_ms: float
    """CPU time of housekeeping to look through `known_websites` for old minutes."""
    checks_per_second: float
    """The rate at which the costs were measured."""


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
"""Measured with ``python -m benchmarks.fleet --costs`` on two cores of a busy virtual machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limited resource."""

    name: str
    share: Callable[[float, float], float]
    """Share of the resource that a number of websites with a number of checks per second uses."""
    way_out: str


def limits(costs: Costs) -> list[Limit]:
    """Return the resources that can run out with one large server and any number of workers."""
    return [
        Limit(
            name="PostgreSQL's CPU: 16 cores",
            share=lambda websites, rate: postgres_cores(costs, websites, rate) / 16,
            way_out="longer intervals, or several databases",
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
            share=lambda websites, _rate: websites / costs.known_websites * costs.read_ms / 1_000 / STORE_POLL_SECONDS,
            way_out="none yet; change many websites at once, and rarely",
        ),
    ]


def deletes_per_second(costs: Costs, websites: float) -> float:
    """Return how many old minutes housekeeping can delete per second, with its pauses and one scan per round."""
    looks = costs.scan_ms / 1_000 * websites / costs.known_websites / ROUND_SECONDS
    return BATCH / (PAUSE_SECONDS + costs.batch_ms / 1_000) * max(1 - looks, 0.0)


def postgres_cores(costs: Costs, websites: float, checks_per_second: float) -> float:
    """Return the cores that PostgreSQL needs for the checks and for the workers' polls for changes."""
    look_ms = costs.look_ms * websites / costs.known_websites
    looks = workers(costs, checks_per_second) * look_ms / 1_000 / STORE_POLL_SECONDS
    return checks_per_second * costs.postgres_cpu_ms / 1_000 + looks


def workers(costs: Costs, checks_per_second: float) -> int:
    """Return the number of workers needed for *checks_per_second*."""
    return max(int(-(-checks_per_second * costs.worker_cpu_ms / 1_000 // WORKER_LOAD)), 1)


def tables(costs: Costs = MEASURED) -> list[str]:
    """Return the tables of docs/scaling.md: measured costs, needs of example fleets, and the limits."""
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
    return f"{limit.share(websites, websites / interval) * 100:,.0f}%"


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
    """Yield how many websites each limit allows, found by bisection."""
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
    """Round to two significant figures, the precision of the measurement."""
    unit: int = 10 ** max(len(str(int(number))) - 2, 0)
    return round(number / unit) * unit
