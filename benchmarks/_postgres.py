"""Runs a PostgreSQL server for a benchmark."""

import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Literal, Self

import psutil

from benchmarks._waiting import wait_until
from tests.postgres import programs, unprivileged

OPTIONS = ("-c", "max_connections=100", "-c", "shared_buffers=128MB", "-c", "max_wal_size=2GB")


class Postgres:
    """A server that can be restarted; durable, unlike the one of the tests. It runs during a ``with`` block."""

    def __init__(self, folder: Path, address: str = "") -> None:
        """*address*, if given, is an additional address to listen on, with access for all clients."""
        self._folder, self._address = folder, address
        self._user = unprivileged()
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._create()
        except BaseException:
            self.stop("immediate")
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop("immediate")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/watchwright?host={self._folder}"

    @property
    def process(self) -> psutil.Process:
        assert self._server
        return psutil.Process(self._server.pid)

    def start(self) -> None:
        """Start it and wait until it accepts connections.

        Raises:
            RuntimeError: It ended instead; with what it wrote.
        """
        log = self._folder / "log"
        # A child process, not `pg_ctl start`: if that were interrupted, nobody would end the server.
        own = ("-k", str(self._folder), "-c", f"listen_addresses={self._address}")
        with log.open("ab") as written:
            self._server = server = subprocess.Popen(
                [str(programs() / "postgres"), "-D", "data", *OPTIONS, *own],
                stdout=written,
                stderr=written,
                **self._how(),
            )
        wait_until(lambda: server.poll() is not None or self._is_ready())
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2_000:]}")

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it and wait until it has ended; without effect if it does not run."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)
            self._server.wait(60)

    def _create(self) -> None:
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", "data", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
        if self._address:
            with (self._folder / "data" / "pg_hba.conf").open("a") as allowed:
                allowed.write("host all all 0.0.0.0/0 trust\n")  # safe, because the network is isolated
        self.start()
        self._run("createdb", "-h", str(self._folder), "-U", "postgres", "watchwright")

    def _is_ready(self) -> bool:
        command = [str(programs() / "pg_isready"), "-q", "-h", str(self._folder), "-U", "postgres"]
        return subprocess.run(command, check=False, timeout=60).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), *arguments]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=60, **self._how())

    def _how(self) -> dict[str, Any]:
        how: dict[str, Any] = {"stdin": subprocess.DEVNULL, "cwd": self._folder}
        return how if self._user is None else how | {"user": self._user, "extra_groups": []}
