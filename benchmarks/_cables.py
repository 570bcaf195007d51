"""Processes behind cables that can be cut: a network namespace each, in one that is joined to nothing (Linux)."""

import os
import subprocess
import sys
import time
from pathlib import Path

HOME = "10.255.0.1"
"""Where what is not behind a cable is reached."""
WITHIN = ("unshare", "--net")
_ALONE = "WATCHWRIGHT_BENCH_ALONE"


def alone(module: str) -> None:
    """Start ``python -m module`` anew in a network of its own, unless this is it: nothing that is sent leaves it."""
    if os.environ.get(_ALONE):
        ip("link", "set", "lo", "up")
        ip("addr", "add", f"{HOME}/32", "dev", "lo")
    elif sys.platform == "linux" and os.geteuid() == 0:
        os.environ[_ALONE] = "1"
        os.execvp("unshare", [*WITHIN, sys.executable, "-m", module, *sys.argv[1:]])
    else:
        sys.exit(f"{module} cuts network namespaces off one another, which takes Linux and root.")


class Cable:
    """Joins the process that was started `WITHIN` a namespace of its own to this one."""

    def __init__(self, number: int, to: str = "default") -> None:
        """*number*: another one for each cable, from 1 to 254; *to*: what is reached over it, an address or a net."""
        self._number, self._to = number, to
        self._here = f"ww{number}"

    def join(self, pid: int) -> None:
        """Lay it, once the process is in its namespace."""
        while Path(f"/proc/{pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
            time.sleep(0.01)
        subprocess.run(["ip", "link", "del", self._here], stderr=subprocess.DEVNULL, check=False)  # of one that is gone
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
        """Pull it: nothing comes through any more, and no connection over it is told so."""
        ip("link", "set", self._here, "down")

    def mend(self) -> None:
        """Plug it in again."""
        ip("link", "set", self._here, "up")

    def swallow(self) -> None:
        """Lose what is sent over it, either way, while both ends think that they are joined."""
        ip("route", "add", "blackhole", f"{self.address}/32")

    def pass_on(self) -> None:
        """Lose nothing any more."""
        ip("route", "del", "blackhole", f"{self.address}/32")

    @property
    def address(self) -> str:
        """Of the process, as it is seen from here."""
        return f"10.255.{self._number}.2"


def ip(*arguments: str) -> None:
    """What ``ip`` does with *arguments*, here."""
    subprocess.run(["ip", *arguments], check=True)
