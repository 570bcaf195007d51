"""Judges the processes that share a store, from what the store knows about them. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from core.phrases import utc_minute
from core.schemas.region import majority
from core.services.fleet_state import FleetState, Process, Share

SKEW_SECONDS = 1.0  # a fleet uses PostgreSQL's clock, but logs, sessions and pages use the machine's
UNTAKEN_SECONDS = 60.0  # how long a session may wait if it is unknown whether a worker exists
UPDATE_ALL = "update all to one version"
START_ONE = (
    "start `watchwright worker --queues sessions` on this database, or set WATCHWRIGHT_MAX_BROWSERS on the dashboard"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The result of one check of the doctor."""

    name: str
    is_ok: bool
    words: str
    """What was found and, if it is not ok, what to do."""


def diagnose_fleet(state: FleetState) -> Iterator[Diagnosis]:
    """Judge the processes on a store, the regions that websites name, and waiting debug sessions."""
    if state.is_shared:
        yield _processes(state.processes)
        yield from _regions(state)
        yield from _skew(state.skew_seconds)
    yield from _sessions(state)


def _processes(processes: Counter[Process]) -> Diagnosis:
    versions = sorted({process.version for process in processes})
    if len(versions) > 1:
        listing = "; ".join(f"{version}: {_listed(_of_version(processes, version))}" for version in versions)
        words = f"processes of different versions use this database ({listing}); {UPDATE_ALL}"
        return Diagnosis(name="Processes", is_ok=False, words=words)
    of_what = f", all of version {versions[0]}" if len(processes) > 1 else ""
    words = f"{_listed(processes)}{of_what}" if processes else "no process is connected to the database"
    return Diagnosis(name="Processes", is_ok=True, words=words)


def _of_version(processes: Counter[Process], version: str) -> Counter[Process]:
    return Counter({process: count for process, count in processes.items() if process.version == version})


def _listed(processes: Counter[Process]) -> str:
    return ", ".join(
        f"{count} × {_called(process)}" for process, count in sorted(processes.items(), key=lambda it: str(it[0]))
    )


def _called(process: Process) -> str:
    role = "dashboard" if process.role == "dashboard" else f"worker of {process.role.replace('+', ' and ')}"
    return f"{role} in {process.region}" if process.region else role


def _regions(state: FleetState) -> Iterator[Diagnosis]:
    named = Counter[str]()
    for share in state.shares:
        for name in share.regions:
            named[name] += share.websites
    if not named:
        return
    silent = [name for name in sorted(named) if name not in state.reporting]
    for name in silent:
        since = f"since {utc_minute(state.silent[name])}" if name in state.silent else "yet"
        words = (
            f"no worker of {name} has reported {since}, and {_websites(named[name])} it: start one there with "
            f"WATCHWRIGHT_REGION={name} and WATCHWRIGHT_FLEET=true, or remove the region from them"
        )
        yield Diagnosis(name="Regions", is_ok=False, words=words)
    if not silent:
        yield Diagnosis(name="Regions", is_ok=True, words=f"reports received from {', '.join(sorted(named))}")
    yield from filter(None, (_short_of_quorum(share, state) for share in state.shares))


def _short_of_quorum(share: Share, state: FleetState) -> Diagnosis | None:
    needed = share.quorum or majority(share.regions)
    reporting = sum(name in state.reporting for name in share.regions)
    if reporting >= needed:
        return None
    others = f" and {share.websites - 1} others" if share.websites > 2 else " and another" * (share.websites == 2)
    words = (
        f"{share.first}{others} cannot be marked down: the quorum is {needed} of {', '.join(share.regions)}, with "
        f"{reporting} reporting. Start workers in those regions, or lower the quorum"
    )
    return Diagnosis(name="Quorum", is_ok=False, words=words)


def _websites(count: int) -> str:
    return "one website names" if count == 1 else f"{count:,} websites name"


def _skew(seconds: float) -> Iterator[Diagnosis]:
    if abs(seconds) > SKEW_SECONDS:
        where = "ahead of" if seconds > 0 else "behind"
        words = f"this machine's clock is {abs(seconds):,.1f} s {where} PostgreSQL's; set both by NTP"
        yield Diagnosis(name="Clocks", is_ok=False, words=words)


def _sessions(state: FleetState) -> Iterator[Diagnosis]:
    if state.waiting is None:
        return
    waiting = state.waiting
    count = "one debug session waits" if waiting.sessions == 1 else f"{waiting.sessions} debug sessions wait"
    words = f"{count} for a worker, since {utc_minute(waiting.since)}"
    has_worker = any("sessions" in process.role for process in state.processes)
    is_ok = has_worker if state.is_shared else waiting.seconds < UNTAKEN_SECONDS
    yield Diagnosis(
        name="Sessions", is_ok=is_ok, words=words if is_ok else f"{words}, and no process takes them; {START_ONE}"
    )
