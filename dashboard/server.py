"""Serves the application with uvicorn: listens, says where, and stops in order at a signal."""

import asyncio
import gc
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from core.accounts.actor import Actor
from core.addresses import bracketed
from core.config import Settings
from core.connection_aborter import ConnectionAborter
from core.database import in_session
from core.errors import CannotServe
from core.services import UserCRUD
from core.workers.forked_monitor import ForkedMonitor
from dashboard.app import create_app
from dashboard.runtime import Runtime
from dashboard.web.limited_http import LimitedHttp
from dashboard.web.path_prefix import PathPrefix

GC_THRESHOLD = 5_000  # new objects between two garbage collections; a page makes 20,000 and frees them much later
GRACE_SECONDS = 5  # for open connections at a stop; every open page has one


def serve(settings: Settings, *, everybody: Actor | None = None, forked: ForkedMonitor | None = None) -> None:
    """Serve until SIGTERM or SIGINT; checks and debug sessions are ended before it returns.

    Args:
        settings: What was read from the environment.
        everybody: As for `create_app`.
        forked: As for `create_app`.

    Raises:
        CannotServe: The port is taken, or the address is not this machine's.
        StoreError: The store cannot be used.
    """
    listener = listen(settings.host, settings.port)
    with listener:
        app = create_app(settings, everybody=everybody, is_monitor_apart=True, forked=forked)
        path = urlsplit(settings.public_url or "").path
        config = uvicorn.Config(
            PathPrefix(app, path),
            http=LimitedHttp,
            lifespan="on",  # by default, an error in middleware would serve pages without anything started behind them
            log_config=None,
            access_log=False,
            date_header=False,  # `SecurityHeaders` sets it; uvicorn would wake up every second to update its own
            timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=True,
            forwarded_allow_ips=",".join(sorted(settings.trusted_proxies)),
            root_path=path,
        )
        _Server(config, app).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Prints the address once it accepts connections, and drains before it stops."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._runtime: Runtime = app.state.runtime
        self._connection_aborter: ConnectionAborter = app.state.connection_aborter
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_signalled = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order at SIGTERM and SIGINT with exit code 0. uvicorn would raise the signal again at the end."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop after the drain period, in which a load balancer can notice. A second signal stops at once."""
        seconds = self._runtime.settings.drain_seconds
        if seconds and self._loop is not None and not self._runtime.ending.is_set():
            self._runtime.ending.set()
            self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._end, sig, frame)
        else:
            self._end(sig, frame)

    def _end(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._connection_aborter.abort_if_unresponsive()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._is_signalled.set)

    async def main_loop(self) -> None:
        """Wait for a signal. uvicorn polls for one ten times a second."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):  # at 0, it also sets the default headers of responses
            await self._is_signalled.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"Watchwright is running at {self._runtime.settings.local_url} (Ctrl+C to stop)", flush=True)
            # A daemon thread: a stop right after the start does not wait for it.
            threading.Thread(target=_tune_garbage_collection, daemon=True, name="garbage-collection").start()
            code = self._runtime.setup_code
            if code and not await in_session(UserCRUD.are_there):
                print(f"To create the administrator account, use the code {code}", flush=True)


def _tune_garbage_collection() -> None:
    """Collect garbage once after the start, so that no request waits for it."""
    gc.collect()
    gc.set_threshold(GC_THRESHOLD, 10, 10)
    gc.freeze()  # imported objects stay; without this a full collection delays a page by 0.2 s now and then


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket on *host*. With port 0 the system chooses the port.

    Raises:
        CannotServe: The port is taken, or the address is not this machine's.
    """
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=1024
        )
    except OSError as error:
        reason = str(error.strerror or error).partition(" (while")[0]  # Python repeats the address there
        raise CannotServe(
            f"Cannot listen on {bracketed(host)}:{port}: {reason}. "
            "Set another WATCHWRIGHT_PORT or WATCHWRIGHT_HOST, or stop the process that uses this one."
        ) from error
