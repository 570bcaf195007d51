"""Whether the kernel ended a process of ours for lack of memory: of all there are it takes a browser's first."""

import re
from pathlib import Path

ADVICE = (
    "the system ended a process of the browser's for lack of memory. Give Watchwright more, or let it run fewer "
    "browsers at once (WATCHWRIGHT_MAX_BROWSERS)."
)
EVENTS, CONTROL = "memory.events", "memory.oom_control"  # of control groups of version 2 and 1
_COUNT = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_GROUPS = re.compile(r"^(?:0::|\d+:(?:[^:\n]*,)?(memory)(?:,[^:\n]*)?:)(/.*)$", re.MULTILINE)


class LackOfMemory:
    """Since it was made or `begin` was called. Elsewhere than on Linux nobody counts, and nothing is said."""

    def __init__(self, root: Path = Path("/")) -> None:
        """*root* is that of the file system."""
        self._root = root
        self.begin()

    def begin(self) -> None:
        """What has been so far explains nothing that comes."""
        self._before = _killed(self._root)

    @property
    def has_killed(self) -> bool:
        """Whether the kernel has ended something in our control group since, or where we are in none, anywhere."""
        return _killed(self._root) > self._before

    def explained(self, words: str) -> str:
        """*words* of how a browser or its page ended, with the reason where this is it."""
        return f"{words.rstrip('.')}: {ADVICE}" if self.has_killed else words


def _killed(root: Path) -> int:
    """How many processes so far, by the first of those files that there is."""
    for file in _counters(root):
        try:
            found = _COUNT.search(file.read_text())
        except OSError:
            continue
        if found is not None:
            return int(found[1])
    return 0


def _counters(root: Path) -> list[Path]:
    """Of our own control group, by its full path and as a container sees it; then the machine's."""
    groups = root / "sys/fs/cgroup"
    try:
        told = _GROUPS.findall((root / "proc/self/cgroup").read_text())
    except OSError:
        told = []
    own = [
        groups / "memory" / path.lstrip("/") / CONTROL if is_old else groups / path.lstrip("/") / EVENTS
        for is_old, path in told
    ]
    return [*own, groups / EVENTS, groups / "memory" / CONTROL, root / "proc/vmstat"]
