"""Failures for `benchmarks.diagnosis` that were collected independently, after the rules were written."""

from dataclasses import replace

from benchmarks._failures import SCRIPT, Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JS, JSON, SVG = "text/javascript", "application/json", "image/svg+xml"
APP, ITEMS = "/app.3f9c21ab.js", "/api/items"
GET = '<script>fetch("%s").then((a) => a.json()).then((i) => { app.textContent = i }).catch(() => 0)</script>'
CART = {"/": page(more=GET % "/cart"), "/cart": Reply(body='{"items": []}', kind=JSON)}
JOB = (
    "<script>async function ask() { for (let n = 0; n < 12; n++) { const a = await fetch('/job');"
    " if (a.status === 200) return; await new Promise((go) => setTimeout(go, 200)) } } ask()</script>"
)
EVENTS = '<script>new EventSource("/events")</script>'
FRAME = {"/": page(more='<iframe src="/checkout"></iframe>'), "/checkout": Reply(body="<p>Checkout")}
PICTURES = tuple(f"/{name}.svg" for name in "abcdef")
GALLERY = {
    "/": page(more="".join(f"<img src={path}>" for path in PICTURES)),
    **dict.fromkeys(PICTURES, Reply(body="<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", kind=SVG)),
}
SOCKET = {
    "/": page(more="<script>new WebSocket(`ws://${location.host}/live`)</script>"),
    "/live": Reply(socket_seconds=9),
}
WORKER = {"/": page(more='<script>new Worker("/worker.js")</script>'), "/worker.js": Reply(body="1", kind=JS)}
ORDER = {
    "/": page(more='<script>fetch("/order", {method: "POST", body: "{}"}).catch(() => 0)</script>'),
    "/order": Reply(body="{}", kind=JSON),
}
TRACKER = "<script async src=http://localhost:{other}/widget.js></script>"
MODULES = {
    "/": page(more='<script type=module src="/shop.js"></script>'),
    "/shop.js": Reply(body='import "/deep.js"', kind=JS),
    "/deep.js": Reply(body="1", kind=JS),
}
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
)
CUT_WORD = '["Lampe für Küche", "Stühle"]'.encode()[:10]  # cut inside a character
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n"
GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nGone"
NOT_MODIFIED = Reply(raw=b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nConnection: close\r\n\r\n')
LATER_FAILURES: tuple[Failure, ...] = (
    Failure(name="early hints, and then 404", truth=(Kind.CLIENT_ERROR,), replies={"/": Reply(raw=EARLY + GONE)}),
    on_page(
        "API is never answered, and the page waits",
        Kind.API_FAILED,
        replies={ITEMS: Reply(wait_seconds=60)},
        time_limit_seconds=30.0,
    ),
    on_page(
        "events are held back",
        Kind.API_FAILED,
        healthy={"/": page(more=EVENTS), "/events": Reply(body="data: 1\n\n" * 9, kind="text/event-stream")},
        replies={"/events": Reply(wait_seconds=60)},
    ),
    on_page(
        "job is never done",
        Kind.API_FAILED,
        healthy={"/": page(more=JOB), "/job": Reply(body="{}", kind=JSON)},
        replies={"/job": Reply(status=202, body="{}", kind=JSON)},
    ),
    on_page("API answers an empty body", Kind.API_FAILED, replies={ITEMS: Reply(kind=JSON)}),
    on_page("script is empty", Kind.SCRIPT_FAILED, replies={APP: Reply(kind=JS)}),
    on_page("style sheet is empty", Kind.STYLESHEET_FAILED, replies={"/style.css": Reply(kind="text/css")}),
    on_page("script is not modified", Kind.SCRIPT_FAILED, replies={APP: NOT_MODIFIED}),
    on_page("API is not modified", Kind.API_FAILED, replies={ITEMS: NOT_MODIFIED}),
    on_page(
        "page is a file to save",
        Kind.CONTENT_CHANGED,
        replies={"/": Reply(body=page().body, headers={"Content-Disposition": "attachment"})},
    ),
    on_page("own frame fails", Kind.RESOURCE_FAILED, healthy=FRAME, replies={"/checkout": Reply(status=500)}),
    on_page(
        "own frame is refused",
        Kind.RESOURCE_FAILED,
        healthy=FRAME,
        replies={"/checkout": Reply(body="<p>Checkout", headers={"X-Frame-Options": "DENY"})},
    ),
    on_page(
        "API leads to a sign-in elsewhere",
        Kind.API_FAILED,
        replies={ITEMS: Reply(status=302, headers={"Location": "http://localhost:{other}/login?next=/api/items"})},
    ),
    on_page(
        "API has a proxy's words",
        Kind.API_FAILED,
        healthy=CART,
        replies={"/cart": Reply(body="no upstream", kind="text/plain")},
    ),
    on_page(
        "PHP warns before the JSON",
        Kind.API_FAILED,
        healthy=CART,
        replies={"/cart": Reply(body='<b>Warning</b>: undefined{"items": []}', kind=JSON)},
    ),
    on_page("API answers NaN", Kind.API_FAILED, replies={ITEMS: Reply(body='[{"price": NaN}]', kind=JSON)}),
    on_page(
        "API's answer ends within a letter",
        Kind.PAGE_ERROR,
        Kind.API_FAILED,
        replies={ITEMS: Reply(raw=CHUNKED + b"a\r\n" + CUT_WORD + b"\r\n0\r\n\r\n")},
    ),
    on_page(
        "API tells of a status in its answer",
        Kind.API_FAILED,
        healthy=CART,
        replies={"/cart": Reply(body='{"title": "Unavailable", "status": 503}', kind="application/problem+json")},
    ),
    on_page("order is refused", Kind.API_FAILED, healthy=ORDER, replies={"/order": Reply(status=405)}),
    on_page(
        "pictures hold all connections",
        Kind.RESOURCE_FAILED,
        Kind.SLOW_FIRST_BYTE,
        healthy=GALLERY,
        replies=dict.fromkeys(PICTURES, Reply(wait_seconds=60)),
    ),
    on_page("policy stops all scripts", Kind.CSP, replies={"/": page(policy="sandbox")}),
    on_page(
        "refreshes by a header for ever",
        Kind.REDIRECT_LOOP,
        replies={"/": Reply(body="<h1>Shop</h1>", headers={"Refresh": "0"})},
    ),
    on_page("proxy strips Upgrade", Kind.API_FAILED, healthy=SOCKET, replies={"/live": Reply(status=426)}),
    on_page(
        "handshake of a WebSocket hangs", Kind.API_FAILED, healthy=SOCKET, replies={"/live": Reply(wait_seconds=60)}
    ),
    on_page(
        "source map in the place of the script",
        Kind.PAGE_ERROR,
        Kind.SCRIPT_FAILED,
        replies={APP: Reply(body='{"version": 3, "mappings": "AAAA"}', kind=JS)},
    ),
    on_page("script is a picture by its type", Kind.SCRIPT_FAILED, replies={APP: Reply(body=SCRIPT, kind="image/png")}),
    on_page(
        "script is no Brotli",
        Kind.SCRIPT_FAILED,
        replies={APP: Reply(body=SCRIPT, kind=JS, headers={"Content-Encoding": "br"})},
    ),
    on_page(
        "script is UTF-16 by its type",
        Kind.PAGE_ERROR,
        Kind.SCRIPT_FAILED,
        replies={APP: Reply(body=SCRIPT, kind="text/javascript; charset=utf-16le")},
    ),
    on_page(
        "script fills localStorage",
        Kind.PAGE_ERROR,
        replies={APP: Reply(body='localStorage.x = "x".repeat(6e6);', kind=JS)},
    ),
    on_page("worker's script is gone", Kind.SCRIPT_FAILED, healthy=WORKER, replies={"/worker.js": Reply(status=404)}),
    on_page(
        "letters in the wrong encoding",
        Kind.CONTENT_CHANGED,
        healthy={"/": replace(page(words="Schöne Lampen für Köln"), kind="text/html; charset=utf-8")},
        replies={"/": replace(page(words="Schöne Lampen für Köln"), kind="text/html; charset=iso-8859-1")},
    ),
    on_page("template is not filled", Kind.CONTENT_CHANGED, replies={"/": page(words="{{ stock.title }}: {% now %}")}),
    on_page(
        "API answers much more than before",
        Kind.SLOW_DOWNLOAD,
        replies={ITEMS: Reply(body='["lamp", "' + "x" * 9_000_000 + '"]', kind=JSON)},
    ),
    on_page(
        "API fails beside a tracker that the policy blocks",
        Kind.API_FAILED,
        healthy={"/": page(more=TRACKER)},
        replies={"/": page(more=TRACKER, policy="script-src 'self'"), ITEMS: Reply(status=503)},
    ),
    on_page("module two deep is gone", Kind.SCRIPT_FAILED, healthy=MODULES, replies={"/deep.js": Reply(status=404)}),
)
