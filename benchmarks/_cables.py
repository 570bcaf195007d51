"""Runs processes behind cables that can be cut: each in its network namespace, isolated from any network (Linux)."""

import os
import subprocess
import sys
import time
from pathlib import Path

HOME = "10.255.0.1"
"""Address of servers that are not behind a cable."""
WITHIN = ("unshare", "--net")
_ALONE = "WATCHWRIGHT_BENCH_ALONE"


def alone(module: str) -> None:
    """Restart ``python -m module`` in an isolated network namespace, unless it runs in one already."""
    if os.environ.get(_ALONE):
        ip("link", "set", "lo", "up")
        ip("addr", "add", f"{HOME}/32", "dev", "lo")
    elif sys.platform == "linux" and os.geteuid() == 0:
        os.environ[_ALONE] = "1"
        os.execvp("unshare", [*WITHIN, sys.executable, "-m", module, *sys.argv[1:]])
    else:
        sys.exit(f"{module} cuts network namespaces off one another, which takes Linux and root.")


class Cable:
    """Connects a process that was started `WITHIN` its own namespace to this namespace."""

    def __init__(self, number: int, to: str = "default") -> None:
        """*number* is unique for each cable, from 1 to 254; *to* is the address or network that the cable leads to."""
        self._number, self._to = number, to
        self._here = f"ww{number}"

    def join(self, pid: int) -> None:
        """Connect the process *pid*; waits until it is in its namespace."""
        while Path(f"/proc/{pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
            time.sleep(0.01)
        subprocess.run(["ip", "link", "del", self._here], stderr=subprocess.DEVNULL, check=False)  # from earlier
        subnet, there = f"10.255.{self._number}", f"up{self._number}"
        ip("link", "add", self._here, "type", "veth", "peer", "name", there, "netns", str(pid))
        ip("addr", "add", f"{subnet}.1/24", "dev", self._here)
        ip("link", "set", self._here, "up")
        for command in (
            ("link", "set", "lo", "up"),
            ("addr", "add", f"{subnet}.2/24", "dev", there),
            ("link", "set", there, "up"),
            ("route", "add", self._to, "via", f"{subnet}.1"),
        ):
            subprocess.run(["nsenter", "-t", str(pid), "-n", "ip", *command], check=True)

    def cut(self) -> None:
        """Cut the cable: nothing gets through, and open connections do not notice."""
        ip("link", "set", self._here, "down")

    def mend(self) -> None:
        """Reconnect the cable."""
        ip("link", "set", self._here, "up")

    def swallow(self) -> None:
        """Drop all packets in both directions, while both ends still see a link."""
        ip("route", "add", "blackhole", f"{self.address}/32")

    def pass_on(self) -> None:
        """Stop dropping packets."""
        ip("route", "del", "blackhole", f"{self.address}/32")

    @property
    def address(self) -> str:
        """The process's address as seen from this side."""
        return f"10.255.{self._number}.2"


def ip(*arguments: str) -> None:
    """Run ``ip`` with *arguments* in this namespace."""
    subprocess.run(["ip", *arguments], check=True)
