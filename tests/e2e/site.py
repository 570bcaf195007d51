"""The website under test: on loopback, with an access log of its own, and able to go down and come back."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.sites.serving import port_of, refusing

PAGE = """<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/shop.css"></head><body><h1>Shop</h1>
<img src="/moved.svg" alt="A picture that has moved"><img src="/missing.svg" alt="One that is not there">
<iframe src="/inner.html" title="Inner"></iframe><script src="/shop.js"></script></body></html>"""
SCRIPT = """fetch("/stock.json").then((answer) => answer.json());
fetch("/order", {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"item": 7}'});"""
ENDLESS = """<!doctype html><html lang="en"><title>Endless</title><link rel="icon" href="data:,">
<img src="/hang" alt=""><script>setInterval(() => fetch("/stock.json?" + Math.random()), 100)</script></html>"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'

CONTENT = {
    "/": ("text/html; charset=utf-8", PAGE),
    "/endless": ("text/html; charset=utf-8", ENDLESS),
    "/inner.html": ("text/html; charset=utf-8", "<!doctype html><title>Inner</title><p>Inner</p>"),
    "/order": ("application/json", '{"ordered": true}'),
    "/picture.svg": ("image/svg+xml", PICTURE),
    "/shop.css": ("text/css", "h1 { color: teal }"),
    "/shop.js": ("text/javascript", SCRIPT),
    "/stock.json": ("application/json", '{"stock": 7}'),
}


@dataclass
class Site:
    """Serves `CONTENT` while it is up; while it is down its port refuses."""

    path: str = "/"
    log: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and status of every request of a browser that was answered, in that order; checks are left out."""
    _holder: socket.socket = field(default_factory=refusing)
    """Keeps the port while nothing listens on it."""
    _server: ThreadingHTTPServer | None = None
    _ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.port = port_of(self._holder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    def go_up(self) -> None:
        self._ending.clear()
        self._holder.close()
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self.log.append, self._ending))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def go_down(self) -> None:
        if self._server is None:
            return
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        self._holder = refusing(self.port)

    def close(self) -> None:
        """Go down, and give up the port."""
        self.go_down()
        self._holder.close()


def _handler(note: Callable[[tuple[str, str, int]], None], ending: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/hang":
                ending.wait()
                self.close_connection = True
            elif path == "/moved.svg":
                self._answer(HTTPStatus.FOUND, "text/plain", "", Location="/picture.svg")
            elif path in CONTENT:
                self._answer(HTTPStatus.OK, *CONTENT[path])
            else:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", "There is no such thing.")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def _answer(self, status: HTTPStatus, content_type: str, text: str, **headers: str) -> None:
            body = text.encode()
            if "Mozilla" in self.headers.get("User-Agent", ""):
                note((self.command, self.path, int(status)))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")  # so that going down leaves no connection behind
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it)
            """Nothing: what was asked for is in `Site.log`."""

    return Handler
