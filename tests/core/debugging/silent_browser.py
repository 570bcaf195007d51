"""A loopback browser that listens for CDP and stops answering from some command on, as if it hung."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class SilentBrowser:
    """Answers all commands before *silent_from*; if that is None, not even the request for its version."""

    def __init__(self, silent_from: str | None) -> None:
        self._silent_from = silent_from
        self.endpoint = ""
        self.asked = asyncio.Event()
        """Set when a client waits for a response that will not come."""
        self.left = asyncio.Event()
        """Set when the client has disconnected."""

    async def version(self, _request: web.Request) -> web.Response:
        if self._silent_from is None:
            await self._keep_silent()
        address = self.endpoint.replace("http", "ws")
        return web.json_response({"Browser": "Chrome/156.0.1.2", "webSocketDebuggerUrl": f"{address}/cdp"})

    async def cdp(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            command: dict[str, Any] = message.json()
            if command["method"] == self._silent_from:
                self.asked.set()
                continue
            facts = {"product": "Chrome/156.0.1.2", "userAgent": "Chrome"}
            await socket.send_json({"id": command["id"], "result": facts})
        self.left.set()
        return socket

    async def _keep_silent(self) -> None:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()


@asynccontextmanager
async def silent_browser(silent_from: str | None) -> AsyncIterator[SilentBrowser]:
    """Run a silent browser on its own port."""
    browser = SilentBrowser(silent_from)
    app = web.Application()
    app.router.add_get("/json/version", browser.version)
    app.router.add_get("/cdp", browser.cdp)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    browser.endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield browser
    finally:
        await runner.cleanup()
