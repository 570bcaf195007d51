"""Which process runs a debug session, and whether that process is gone.

Several processes may share a store, and none may end a session that another one still runs.
"""

import contextlib
import os
import platform
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from core.clock import utc_now

LEASE_SECONDS = 60.0  # who runs a session says so again within this time; else its process, or machine, counts as gone
RENEW_SECONDS = 20.0  # two renewals may fail, in a store that is locked or away for a while


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One process."""

    host: str
    """With the namespace of its process ids, which each container has of its own."""
    pid: int
    token: str
    """Tells it from a later process of the same id."""

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}/{self.token}"

    @classmethod
    def parse(cls, text: str) -> "Owner | None":
        """The owner that `str` wrote; None when it is none."""
        host, _, rest = text.partition("/")
        pid, _, token = rest.partition("/")
        return cls(host=host, pid=int(pid), token=token) if pid.isdigit() and token else None


@cache
def this_process() -> Owner:
    """The one that we are."""
    namespace = ""
    with contextlib.suppress(OSError):  # elsewhere than on Linux there is no such thing
        namespace = Path("/proc/self/ns/pid").readlink().name
    host = f"{platform.node()[:80]} {namespace}".strip().replace("/", "")
    return Owner(host=host, pid=os.getpid(), token=secrets.token_hex(4))


def lease_end() -> datetime:
    """Until when this process is taken to live, from now on."""
    return utc_now() + timedelta(seconds=LEASE_SECONDS)


def is_gone(owner: str) -> bool:
    """Whether *owner* has ended for certain; False for a process of another machine, of which only its lease tells."""
    other, ours = Owner.parse(owner), this_process()
    if other is None or other == ours or other.host != ours.host:
        return False
    return other.pid == ours.pid or not _is_running(other.pid)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it runs, as somebody else
    return True
