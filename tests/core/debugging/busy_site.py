"""A loopback website of two origins whose page uses every kind of request; its log is the reference."""

import asyncio
import base64
import gzip
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

PAGE = """<!doctype html><title>Busy</title>
<link rel=stylesheet href=/style.css><link rel=prefetch href=/prefetched.js><link rel=preload href=/early.js as=script>
<body><img src=/picture.png><iframe src="{other}/frame"></iframe>
<script>
fetch('{other}/api', {{method: 'PUT', headers: {{'x-own': '1'}}, body: '{{"a": 1}}'}});
fetch('{other}/closed').catch(() => 0);
fetch('/hop/3');
fetch('/odd', {{method: 'PROPFIND'}});
new Worker('/worker.js');
CSS.paintWorklet.addModule('/paint.js').then(() => fetch('/after-worklet'));
new SharedWorker('/shared.js').port.start();
navigator.serviceWorker.register('/service.js');
new WebSocket('{ws}/socket').onopen = function () {{ this.send('hello'); }};
new EventSource('/events');
window.open('/popup');
window.open('/hidden-popup', '_blank', 'noopener');
navigator.sendBeacon('/beacon', 'ping');
fetch('http://127.0.0.1:1/').catch(() => 0);
console.warn('careful', {{n: 1}});
setTimeout(() => {{ undefinedThing(); }});
addEventListener('pagehide', () => navigator.sendBeacon('/farewell', 'bye'));
</script>"""
SCRIPTS = {
    "/worker.js": "fetch('/from-worker'); importScripts('/imported.js'); new Worker('/nested.js')",
    "/nested.js": "fetch('/from-nested-worker')",
    "/shared.js": "fetch('/from-shared-worker')",
    "/service.js": "oninstall = event => event.waitUntil(fetch('/from-service-worker'))",
    "/frame-worker.js": "fetch('/from-frame-worker')",
    "/paint.js": "registerPaint('none', class { paint() {} })",
    "/imported.js": "",
    "/prefetched.js": "",
    "/early.js": "",
}
LOCK = "Basic " + base64.b64encode(b"ann:pass word").decode()
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": "*"}


LARGE_PIECES = 48  # of 0.25 MiB each; so large that the recorder streams the body if it arrives slowly


PACKED = gzip.compress(b"// worker\n" * 1_000)


def large_piece(number: int) -> bytes:
    """One part of the response of ``/large``."""
    return bytes([255, number]) * 131_072


@dataclass
class BusySite:
    """Runs on two ports, which are two origins; `log` contains a line for each request that arrived."""

    ports: tuple[int, ...] = ()
    log: list[str] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request for ``/never`` arrives."""
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.ports[0]}"

    @property
    def other(self) -> str:
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def counted(self) -> Counter[str]:
        return without_update_checks(self.log)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.log.append(f"{request.method} {request.path_qs}")
        path = request.path
        if path in SCRIPTS:
            return web.Response(text=SCRIPTS[path], content_type="text/javascript")
        for prefix, answer in ANSWERS.items():
            if path == prefix or (prefix.endswith("/") and prefix != "/" and path.startswith(prefix)):
                return await answer(self, request)
        kind = "image/png" if path.endswith(".png") else "text/plain"
        return web.Response(body=b"x" * 100, content_type=kind)


def without_update_checks(lines: Iterable[str]) -> Counter[str]:
    """The number of each request; a service worker's script counts once, since CDP does not report its update check."""
    counted = Counter(lines)
    counted["GET /service.js"] = min(counted["GET /service.js"], 1)
    return +counted


def html(text: str, **more: object) -> web.Response:
    return web.Response(text=text, content_type="text/html", **more)  # type: ignore[arg-type]


async def page(site: BusySite, request: web.Request) -> web.StreamResponse:
    return html(PAGE.format(other=site.other, ws=site.url.replace("http", "ws")))


async def frame(site: BusySite, request: web.Request) -> web.StreamResponse:
    return html("<img src=/framed.png><script>new Worker('/frame-worker.js'); fetch('/from-frame')</script>")


async def popup(site: BusySite, request: web.Request) -> web.StreamResponse:
    return html(f"<title>Popup</title><img src=/in-popup.png?{request.path.strip('/')}>")


async def api(site: BusySite, request: web.Request) -> web.StreamResponse:
    return web.json_response({"ok": True}, headers=CORS)


async def hop(site: BusySite, request: web.Request) -> web.StreamResponse:
    left = int(request.path.rpartition("/")[2])
    if left:
        return web.Response(status=302, headers={"Location": f"/hop/{left - 1}", "X-Hop": str(left)})
    return web.Response(text="arrived")


async def socket(site: BusySite, request: web.Request) -> web.StreamResponse:
    connection = web.WebSocketResponse()
    await connection.prepare(request)
    async for message in connection:
        await connection.send_str(f"echo {message.data}")
    return connection


async def events(site: BusySite, request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await stream.prepare(request)
    await stream.write(b"event: tick\nid: 7\ndata: one\n\n")
    await site.ending.wait()
    return stream


async def never(site: BusySite, request: web.Request) -> web.StreamResponse:
    site.hanging.set()
    await site.ending.wait()
    return web.Response()


async def slow_page(site: BusySite, request: web.Request) -> web.StreamResponse:
    return html("<title>Slow</title><img src=/quick.png><img src=/never>")


async def plain(site: BusySite, request: web.Request) -> web.StreamResponse:
    return html("<title>Plain</title><h1>Hello</h1>")


async def broken(site: BusySite, request: web.Request) -> web.StreamResponse:
    return html("<title>Broken</title>", status=503)


async def locked(site: BusySite, request: web.Request) -> web.StreamResponse:
    if request.headers.get("Authorization") != LOCK:
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="locked"'})
    return html("<title>Unlocked</title><script>fetch('/after')</script>")


async def breaks_off(site: BusySite, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"<title>Cut</title>")
    assert request.transport is not None
    request.transport.close()
    return response


async def asks_for_locked(site: BusySite, request: web.Request) -> web.StreamResponse:
    return html("<img src=/locked><iframe src=/locked></iframe><script>fetch('/locked')</script>")


async def computes(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    asks = "fetch('/quick.png').then(() => setTimeout(() => fetch('/later.png'), 200))"
    work = f"const end = performance.now() + 1800; while (performance.now() < end); {asks}"
    return html(f"<script>onload = () => setTimeout(() => {{ {work} }}, 100)</script>")


async def leads_on(_site: BusySite, request: web.Request) -> web.StreamResponse:
    return html(f"<title>On</title><script>setTimeout(() => {{ location = '{LEADS_TO[request.path]}'; }})</script>")


async def refreshes(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    return web.Response(text="<h1>Refreshes", content_type="text/html", headers={"Refresh": "0"})


async def reloads(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    return html("<p>Again<script>location.reload()</script>")


async def hangs(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    return html("<title>Hangs</title><script>onload = () => setTimeout(() => { while (true); }, 100)</script>")


async def stops(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    return html("<title>Stops</title><img src=/never><script>setTimeout(() => stop())</script>")


async def no_content(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    return web.Response(status=204)


async def file(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"x", headers={"Content-Disposition": "attachment"})


async def large(_site: BusySite, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    await response.prepare(request)
    for number in range(LARGE_PIECES):
        await response.write(large_piece(number))
    return response


async def large_page(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    script = "fetch('/large').then(answer => answer.arrayBuffer())"
    return web.Response(text=f"<title>Large</title><script>{script}</script>", content_type="text/html")


async def reads_a_part(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    reads = "const reader = answer.body.getReader(); await reader.read(); await reader.cancel()"
    return html(f"<script>fetch('/events').then(async answer => {{ {reads} }})</script>")


async def latin(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    body = "<meta charset=iso-8859-1><h1>Schöne Lampen</h1>".encode("latin-1")
    return web.Response(body=body, headers={"Content-Type": "text/html"})


async def refused_socket(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    return html("<img src=/never><script>new WebSocket(location.origin.replace('http', 'ws') + '/api')</script>")


async def packed_page(_site: BusySite, _request: web.Request) -> web.StreamResponse:
    return html("<script>new Worker('/packed.js')</script>")


async def packed(_site: BusySite, request: web.Request) -> web.StreamResponse:
    """A script from a server that compresses while it sends: in chunks and without a length."""
    response = web.StreamResponse(headers={"Content-Type": "text/javascript", "Content-Encoding": "gzip"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(PACKED)
    return response


LEADS_TO = {"/leads-on": "/broken", "/leads-nowhere": "http://127.0.0.1:1111/", "/leads-to-a-file": "/file"}
ANSWERS = {
    **dict.fromkeys(LEADS_TO, leads_on),
    "/hangs": hangs,
    "/reloads": reloads,
    "/computes": computes,
    "/refreshes": refreshes,
    "/stops": stops,
    "/no-content": no_content,
    "/file": file,
    "/": page,
    "/frame": frame,
    "/popup": popup,
    "/hidden-popup": popup,
    "/api": api,
    "/hop/": hop,
    "/socket": socket,
    "/events": events,
    "/never": never,
    "/slow": slow_page,
    "/plain": plain,
    "/large": large,
    "/large-page": large_page,
    "/broken": broken,
    "/locked": locked,
    "/asks-for-locked": asks_for_locked,
    "/breaks-off": breaks_off,
    "/packed-page": packed_page,
    "/reads-a-part": reads_a_part,
    "/latin": latin,
    "/refused-socket": refused_socket,
    "/packed.js": packed,
}


@asynccontextmanager
async def busy_site() -> AsyncIterator[BusySite]:
    site = BusySite()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    for _ in range(2):
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.ports = tuple(address[1] for address in runner.addresses)
    try:
        yield site
    finally:
        site.ending.set()
        await runner.cleanup()
