"""Identifies the process that runs a debug session, and says whether that process is dead.

Several processes can share a store, and none of them may end a session that another live process runs.
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

LEASE_SECONDS = 60.0  # a process that has not renewed its lease for this long counts as dead
RENEW_SECONDS = 20.0  # two renewals may fail while the store is locked or unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process that runs debug sessions."""

    host: str
    """Host name and PID namespace; each container has its own namespace."""
    pid: int
    token: str
    """Random; distinguishes the process from a later one with the same pid."""

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}/{self.token}"

    @classmethod
    def parse(cls, text: str) -> "Owner | None":
        """Return the owner that `str` has written as *text*; None when *text* is not an owner."""
        host, _, rest = text.partition("/")
        pid, _, token = rest.partition("/")
        return cls(host=host, pid=int(pid), token=token) if pid.isdigit() and token else None


@cache
def this_process() -> Owner:
    """Return the identity of the current process."""
    namespace = ""
    with contextlib.suppress(OSError):  # only Linux has PID namespaces
        namespace = Path("/proc/self/ns/pid").readlink().name
    host = f"{platform.node()[:80]} {namespace}".strip().replace("/", "")
    return Owner(host=host, pid=os.getpid(), token=secrets.token_hex(4))


def lease_end() -> datetime:
    """Return when a lease that is renewed now expires."""
    return utc_now() + timedelta(seconds=LEASE_SECONDS)


def is_gone(owner: str) -> bool:
    """Whether *owner* has certainly ended; False for a process of another machine, which only its lease can prove."""
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
        pass  # it runs under another user
    return True
