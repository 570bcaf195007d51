"""A site of three origins on loopback, with everything in it that a browser can do on the network.

``python -m tests.sites`` serves it in a process of its own.
"""

import base64
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from tests.sites import documents
from tests.sites.answers import routes
from tests.sites.certificate import self_signed
from tests.sites.features import FEATURES, script
from tests.sites.log import AccessLog, LogEntry
from tests.sites.secrets import SECRETS
from tests.sites.serving import ServingThread, listen, port_of, refusing

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST_BODY = 64 * 1024 * 1024
OWN = "/-/log"  # what the log says of itself is not a request of a page

FILES = {
    "/asset/style.css": ("text/css", documents.CSS),
    "/asset/preloaded.css": ("text/css", "p { color: teal }"),
    "/asset/next.js": ("text/javascript", "window.next = 1;"),
    "/asset/picture.svg": ("image/svg+xml", documents.SVG),
    "/asset/icon.svg": ("image/svg+xml", documents.SVG),
    "/worker.js": ("text/javascript", documents.WORKER),
    "/shared-worker.js": ("text/javascript", documents.SHARED_WORKER),
    "/service-worker.js": ("text/javascript", documents.SERVICE_WORKER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Addresses without a slash at the end; ``url + "/"`` shows everything that ends, ``page(name)`` one feature."""

    url: str
    other_url: str
    """Another origin and, for the browser, another site: a frame of it gets a process of its own."""
    secure_url: str
    """https, with a certificate that nobody trusts."""
    refused_url: str
    """Its port refuses."""
    log: AccessLog = field(default_factory=AccessLog)

    def page(self, feature: str) -> str:
        """The address of the page that does *feature* alone; see `tests.sites.features`."""
        origin = self.secure_url if feature == "mixed" else self.url
        return f"{origin}/page/{feature}"


@contextmanager
def serve_site() -> Iterator[Site]:
    """Serve the site on free ports until the block is left."""
    listeners = {origin: listen() for origin in ("main", "other", "secure")}
    refused = refusing()
    site = _site(listeners, refused)
    thread = ServingThread()
    try:
        for origin, listener in listeners.items():
            thread.serve(_application(origin, site), listener, self_signed() if origin == "secure" else None)
        yield site
    finally:
        thread.close()
        for held in (*listeners.values(), refused):
            held.close()


def _site(listeners: dict[str, socket.socket], refused: socket.socket) -> Site:
    return Site(
        url=f"http://127.0.0.1:{port_of(listeners['main'])}",
        other_url=f"http://localhost:{port_of(listeners['other'])}",
        secure_url=f"https://127.0.0.1:{port_of(listeners['secure'])}",
        refused_url=f"http://127.0.0.1:{port_of(refused)}",
    )


def _application(origin: str, site: Site) -> web.Application:
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_logging(origin, site.log)])
    app.add_routes(routes)
    app.router.add_get("/", _text("text/html", documents.first_page(site.other_url)))
    for name in FEATURES:
        policy = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline'"} if name == "blocked" else {}
        app.router.add_get(f"/page/{name}", _text("text/html", documents.page(name, title=name), policy))
    addresses = {"OTHER": site.other_url, "SECURE": site.secure_url, "REFUSED": site.refused_url}
    known = {name: json.dumps(value) for name, value in addresses.items()}
    # In base64 written backwards, since a script's own text is no place where a secret is planted.
    backwards = base64.b64encode(json.dumps(SECRETS).encode()).decode()[::-1]
    known["SECRETS"] = f'JSON.parse(atob([..."{backwards}"].reverse().join("")))'
    app.router.add_get("/asset/features.js", _text("text/javascript", script(known)))
    for path, (kind, text) in FILES.items():
        app.router.add_get(path, _text(kind, text))
    app.router.add_get("/asset/background.png", _bytes("image/png", documents.png(238, 238, 255)))
    app.router.add_get("/asset/font.woff2", _bytes("font/woff2", b"wOF2 that is none"))
    app.router.add_route("*", OWN, _log(site))
    return app


def _logging(origin: str, log: AccessLog) -> Middleware:
    @web.middleware
    async def logged(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == OWN:
            return await handler(request)
        headers = list(request.headers.items())
        entry = LogEntry(origin=origin, method=request.method, target=request.raw_path, headers=headers, body=b"")
        log.add(entry)
        entry.body = await request.read()
        try:
            response = await handler(request)
        except web.HTTPException as error:
            entry.status = error.status
            raise
        if request.transport is not None and not request.transport.is_closing():
            entry.status = response.status
        return response

    return logged


def _text(content_type: str, text: str, headers: dict[str, str] | None = None) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type, charset="utf-8", headers=headers)

    return answer


def _bytes(content_type: str, body: bytes) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=content_type)

    return answer


def _log(site: Site) -> Handler:
    """For whoever watches from another process: GET reads the log, DELETE empties it."""
    ports = {"main": site.url, "other": site.other_url, "secure": site.secure_url}

    async def answer(request: web.Request) -> web.Response:
        if request.method == "DELETE":
            site.log.clear()
        entries = [[urlsplit(ports[entry.origin]).port, entry.method, entry.target, entry.status] for entry in site.log]
        return web.json_response(entries)

    return answer
