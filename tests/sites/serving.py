"""A thread with an event loop in which sites are served, beside whatever the test itself does."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiohttp import web

Result = TypeVar("Result")

CALL_SECONDS = 10.0  # nothing that is asked of the loop takes a tenth of it


class ServingThread:
    """Serves applications until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._runners: list[web.AppRunner] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="site under test", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do *work* in the loop and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CALL_SECONDS)

    def serve(self, app: web.Application, listener: socket.socket, tls: ssl.SSLContext | None = None) -> web.AppRunner:
        """Answer on *listener*."""
        return self.call(self._serve(app, listener, tls))

    def stop(self, runner: web.AppRunner) -> None:
        """Close the runner's port and cut its connections."""
        self._runners.remove(runner)
        self.call(runner.cleanup())

    def close(self) -> None:
        for runner in tuple(self._runners):
            self.stop(runner)
        self.call(self._cancel_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_SECONDS)
        self._loop.close()

    async def _serve(self, app: web.Application, listener: socket.socket, tls: ssl.SSLContext | None) -> web.AppRunner:
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listener, ssl_context=tls).start()
        self._runners.append(runner)
        return runner

    async def _cancel_rest(self) -> None:
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


def listen(port: int = 0) -> socket.socket:
    """A listening socket on loopback; the system chooses the port when none is given."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    return listener


def refusing(port: int = 0) -> socket.socket:
    """A socket whose port refuses every connection, and that nobody else gets, for as long as it is open."""
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if port:  # whose last connections may linger
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", port))
    return holder


def port_of(holder: socket.socket) -> int:
    return int(holder.getsockname()[1])
