"""Runs checks: never two of one website at once, and no more than sockets and memory allow."""

import asyncio
import resource
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from core.clock import utc_now
from core.monitoring.probe import OnResult, ProbeResult, ProbeTarget
from core.monitoring.schedule import Plan
from core.workers.watched_websites import WatchedWebsite

# Bounds sockets and memory when hundreds of websites hang until their timeouts. A failing website is checked again
# after 5 s, so 750 can hang before the others have to wait.
MAX_CHECKS = 500
FILES_PER_CHECK = 4  # two sockets per check, one per address family, and as many again for everything else
OPEN_FILES = FILES_PER_CHECK * MAX_CHECKS  # the file limit that the process needs


@dataclass(slots=True, kw_only=True, eq=False)
class Check:
    """A check that runs or waits for its turn."""

    watched: WatchedWebsite
    plan: Plan | None
    """None for a check that somebody requested."""
    was_due_at: datetime | None
    began_at: float = 0.0
    """When the probe started, on the monotonic clock."""
    made: "asyncio.Future[None] | None" = None
    """Resolved when the check is done; None if nobody waits for it."""


class RunningChecks:
    """The checks that run or wait. A check is a few calls and no task, because a monitor makes millions a day."""

    def __init__(
        self,
        probe: Callable[[ProbeTarget, OnResult], None],
        found: Callable[[Check, ProbeResult], None],
        max_at_once: int = MAX_CHECKS,
    ) -> None:
        """*probe* works like `Prober.begin`. *found* is called with each result; the next check may then begin."""
        self._max_at_once = max_at_once
        self._probe = probe
        self._found = found
        self._checks: dict[int, Check] = {}
        self._waiting: deque[Check] = deque()
        self._probed = 0

    def begin(self, watched: WatchedWebsite, plan: Plan | None = None) -> bool:
        """Check a website as soon as there is room; returns False if a check of it already runs or waits."""
        if watched.website_id in self._checks:
            return False
        was_due_at = None if plan is None else utc_now() - timedelta(seconds=monotonic() - plan.due_at)
        check = Check(watched=watched, plan=plan, was_due_at=was_due_at)
        self._checks[watched.website_id] = check
        if self._probed < self._max_at_once:
            self._start(check)
        else:
            self._waiting.append(check)
        return True

    async def check_now(self, watched: WatchedWebsite) -> None:
        """Check a website now, or join the check in progress; returns when the check is done."""
        self.begin(watched)
        check = self._checks[watched.website_id]
        if check.made is None:
            check.made = asyncio.get_running_loop().create_future()
        await asyncio.shield(check.made)

    def discard_outdated(self, watched: WatchedWebsite) -> Check | None:
        """Discard and return the check in progress if its settings differ from *watched*; else return None.

        If somebody waits for it, the website is checked again.
        """
        check = self._checks.get(watched.website_id)
        if check is None or not watched.asks_otherwise_than(check.watched):
            return None
        del self._checks[watched.website_id]
        with suppress(ValueError):
            self._waiting.remove(check)
        if check.made is not None:
            self.begin(watched)
            self._checks[watched.website_id].made = check.made
        return check

    def stop(self) -> None:
        """Discard all checks, with their results."""
        checks, self._checks = self._checks, {}
        self._waiting.clear()
        for check in checks.values():
            if check.made is not None:
                check.made.cancel()

    def _start(self, check: Check) -> None:
        self._probed += 1
        watched = check.watched
        check.began_at = monotonic()
        target = ProbeTarget(url=watched.url, timeout_seconds=watched.timeout_seconds, options=watched.options)
        self._probe(target, partial(self._end, check))

    def _end(self, check: Check, result: ProbeResult) -> None:
        self._probed -= 1
        if self._waiting:
            self._start(self._waiting.popleft())
        if self._checks.get(check.watched.website_id) is not check:
            return
        del self._checks[check.watched.website_id]
        self._found(check, result)
        if check.made is not None and not check.made.done():
            check.made.set_result(None)


def make_room() -> int:
    """Raise this process's limit of open files if possible, and return how many checks may run at once.

    Some systems start with 256 files, many with 1,024. A check that gets no socket would report its website as down.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    has_room = soft == resource.RLIM_INFINITY or soft >= OPEN_FILES
    return MAX_CHECKS if has_room else max(soft // FILES_PER_CHECK, 1)
