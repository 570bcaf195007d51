"""Detects whether the kernel's OOM killer has ended a process of ours, usually one of the browser."""

import re
from pathlib import Path

ADVICE = (
    "the system ended a process of the browser's for lack of memory. Give Watchwright more, or let it run fewer "
    "browsers at once (WATCHWRIGHT_MAX_BROWSERS)."
)
EVENTS, CONTROL = "memory.events", "memory.oom_control"  # files of control groups, version 2 and version 1
_COUNT = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_GROUPS = re.compile(r"^(?:0::|\d+:(?:[^:\n]*,)?(memory)(?:,[^:\n]*)?:)(/.*)$", re.MULTILINE)


class LackOfMemory:
    """Counts OOM kills since its creation or the last `begin`. Systems other than Linux have no such counter."""

    def __init__(self, root: Path = Path("/")) -> None:
        """*root* is the root folder of the file system; tests use another one."""
        self._root = root
        self.begin()

    def begin(self) -> None:
        """Ignore all OOM kills so far."""
        self._before = _killed(self._root)

    @property
    def has_killed(self) -> bool:
        """Whether the kernel has killed a process in our control group, or anywhere on the machine if we have none."""
        return _killed(self._root) > self._before

    def explained(self, words: str) -> str:
        """Return *words*, which say how a browser or page ended, with advice if the cause was a lack of memory."""
        return f"{words.rstrip('.')}: {ADVICE}" if self.has_killed else words


def _killed(root: Path) -> int:
    """Return the number of OOM kills so far, from the first counter that exists; 0 without a counter."""
    for file in _counters(root):
        try:
            found = _COUNT.search(file.read_text())
        except OSError:
            continue
        if found is not None:
            return int(found[1])
    return 0


def _counters(root: Path) -> list[Path]:
    """Return possible counter files: our control group's, by full path and as seen in a container; the machine's."""
    groups = root / "sys/fs/cgroup"
    try:
        memberships = _GROUPS.findall((root / "proc/self/cgroup").read_text())
    except OSError:
        memberships = []
    own = [
        groups / "memory" / path.lstrip("/") / CONTROL if is_old else groups / path.lstrip("/") / EVENTS
        for is_old, path in memberships
    ]
    return [*own, groups / EVENTS, groups / "memory" / CONTROL, root / "proc/vmstat"]
