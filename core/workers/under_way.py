"""The checks that are being made: never two of one website, and no more at once than sockets and memory allow."""

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
from core.workers.watched import Watched

# Sockets and memory stay bounded when hundreds of websites hang until their timeouts; as one that fails is asked again
# after 5 s, 750 can before the others have to wait.
MOST_AT_ONCE = 500
FILES_EACH = 4  # a check may have two sockets, one for each family of addresses; as many again for all else
FILES = FILES_EACH * MOST_AT_ONCE  # that a process may have


@dataclass(slots=True, kw_only=True, eq=False)
class Check:
    """One that is being made, or waits for its turn."""

    watched: Watched
    plan: Plan | None
    """None where somebody asked for it."""
    was_due_at: datetime | None
    began_at: float = 0.0
    """On the monotonic clock, once it has its turn."""
    made: "asyncio.Future[None] | None" = None
    """For those who wait for it."""


class UnderWay:
    """A check costs a few calls from here to its result, and no task: a monitor makes millions of them a day."""

    def __init__(
        self,
        probe: Callable[[ProbeTarget, OnResult], None],
        found: Callable[[Check, ProbeResult], None],
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        """*probe* is as `Prober.begin`; *found* is told how a website answered, whose next check may begin then."""
        self._most_at_once = most_at_once
        self._probe = probe
        self._found = found
        self._checks: dict[int, Check] = {}
        self._waiting: deque[Check] = deque()
        self._probed = 0

    def begin(self, watched: Watched, plan: Plan | None = None) -> bool:
        """Check a website as soon as there is room; False where that is being done already."""
        if watched.website_id in self._checks:
            return False
        was_due_at = None if plan is None else utc_now() - timedelta(seconds=monotonic() - plan.due_at)
        check = Check(watched=watched, plan=plan, was_due_at=was_due_at)
        self._checks[watched.website_id] = check
        if self._probed < self._most_at_once:
            self._start(check)
        else:
            self._waiting.append(check)
        return True

    async def made(self, watched: Watched) -> None:
        """Check a website now, or join the check that is being made; returns when it has been made."""
        self.begin(watched)
        check = self._checks[watched.website_id]
        if check.made is None:
            check.made = asyncio.get_running_loop().create_future()
        await asyncio.shield(check.made)

    def let_go(self, watched: Watched) -> Check | None:
        """Leave out what is found by a check that asks otherwise than *watched*, and return it; None where none does.

        Those who wait for it have the website checked anew.
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
        """Let go of all of them: what is found from now on is of no use."""
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
    """Let this process have open what so many checks take, if the system lets it: some give 256 files, many 1,024.

    Returns how many may be made at once: one that gets no socket would say that its website is down.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    has_room = soft == resource.RLIM_INFINITY or soft >= FILES
    return MOST_AT_ONCE if has_room else max(soft // FILES_EACH, 1)
