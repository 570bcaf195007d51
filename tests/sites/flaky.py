"""A website that can be taken down and brought back on the same port, for tests of the monitor."""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.sites.log import AccessLog, LogEntry
from tests.sites.serving import ServingThread, listen, port_of, refusing


@dataclass
class FlakySite:
    """Up from the start; every attribute may be changed while it runs.

    ::

        with FlakySite() as site:
            site.go_down()      # its port refuses
            site.go_up()
            site.status = 503   # it answers, but badly
    """

    status: int = 200
    body: str = "<!doctype html><title>Flaky</title><p>Here I am.</p>"
    delay_seconds: float = 0.0
    """Before each answer."""
    hangs: bool = False
    """Whether a request is taken and never answered."""
    log: AccessLog = field(default_factory=AccessLog)

    def __enter__(self) -> Self:
        self._thread = ServingThread()
        self._holder = refusing()
        self.port = port_of(self._holder)
        self._runner: web.AppRunner | None = None
        self.go_up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._thread.close()
        self._holder.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def is_up(self) -> bool:
        return self._runner is not None

    def go_up(self) -> None:
        if self._runner is None:
            self._holder.close()
            app = web.Application()
            app.router.add_route("*", "/{rest:.*}", self._answer)
            self._runner = self._thread.serve(app, listen(self.port))

    def go_down(self) -> None:
        """Its port refuses from now on, and its connections are cut."""
        if self._runner is not None:
            self._thread.stop(self._runner)
            self._runner = None
            self._holder = refusing(self.port)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        entry = LogEntry(
            origin="main",
            method=request.method,
            target=request.raw_path,
            headers=list(request.headers.items()),
            body=await request.read(),
        )
        self.log.add(entry)
        if self.hangs:
            await asyncio.Event().wait()
        await asyncio.sleep(self.delay_seconds)
        entry.status = self.status
        return web.Response(status=self.status, text=self.body, content_type="text/html")
