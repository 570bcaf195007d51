"""``watchwright serve`` as a process that a test starts, asks, ends and kills."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.accounts import let_in_to

READY_SECONDS = 60
WATCHWRIGHT = Path(sys.executable).with_name("watchwright")


@dataclass
class Server:
    """One server on a port that was free a moment ago."""

    data_dir: Path
    port: int = 0
    has_account: bool = True
    """Whether the administrator of `tests.accounts` is there before the first start."""
    database_url: str | None = None
    """Its store; SQLite in the data folder when not given."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further environment variables, for this server alone."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has written so far, over all its starts."""
        return self._log_file.read_text(errors="replace")

    @property
    def _log_file(self) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}-{self.port}.log")

    def __enter__(self) -> "Server":
        """`start` it; it is killed at the block's end, and where it does not get ready."""
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it is ready.

        Raises:
            AssertionError: It ended, or was not ready in time; with what it had written.
        """
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start it, without waiting."""
        if self.has_account:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            let_in_to(self.database_url or f"sqlite:///{self.data_dir / 'watchwright.sqlite3'}")
        self.port = self.port or free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WATCHWRIGHT_DATA")}
        environment.setdefault("WATCHWRIGHT_AUTO_SESSIONS_PER_HOUR", "0")  # a test that is about them asks for them
        environment |= {"WATCHWRIGHT_DATA_DIR": str(self.data_dir), "WATCHWRIGHT_PORT": str(self.port)}
        environment |= self.settings
        if self.database_url:
            environment["WATCHWRIGHT_DATABASE_URL"] = self.database_url
        with self._log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [WATCHWRIGHT, "serve"],
                env=environment,
                cwd=self.data_dir.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Ask ``/readyz`` until it says yes."""
        deadline = time.monotonic() + READY_SECONDS
        while self.status("/readyz") != 200:
            assert self.process and self.process.poll() is None, f"the server ended:\n{self.log}"
            assert time.monotonic() < deadline, f"the server was not ready in {READY_SECONDS} s:\n{self.log}"
            time.sleep(0.1)

    def status(self, path: str) -> int | None:
        """The status code with which it answers, None while nothing listens."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:  # an answer too, which Python 3.14 wants to be closed
                return error.code
        except OSError:
            return None

    def family(self) -> list[psutil.Process]:
        """The process and everything it has started: drivers, browsers and their helpers."""
        assert self.process
        itself = psutil.Process(self.process.pid)
        return [itself, *itself.children(recursive=True)]

    def terminate(self, timeout_seconds: float = 30) -> int:
        """Ask it to end, as an operator or systemd does; its exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout_seconds)

    def kill(self) -> None:
        """End it with no chance to tidy up, and everything it has started after it."""
        if self.process is None or self.process.poll() is not None:
            return
        family = self.family()
        self.process.kill()
        self.process.wait(10)
        end(family[1:])


def end(processes: list[psutil.Process]) -> None:
    """Kill what is left of *processes*."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def still_there(processes: list[psutil.Process], seconds: float = 10) -> list[str]:
    """The names of those that have not ended within *seconds*; a zombie has ended."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [process.name() for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def free_port() -> int:
    """A loopback port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
