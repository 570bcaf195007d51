"""Failures in the parts of a page, for `benchmarks.diagnosis`: builds, partial content, live connections, cookies."""

from benchmarks._failures import EXPECTS, SCRIPT, Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JS, JSON = "text/javascript", "application/json"
MAP = '<script type=importmap>{"imports": {"shop": "/shop.js"}}</script><script type=module>import "shop"</script>'
LAZY = '<script>import("/cart.11aa22bb.js").catch(() => { app.textContent = "Something went wrong" })</script>'
RELOADS = '<script>import("/cart.11aa22bb.js").catch(() => location.reload())</script>'
VERSION = '<script>fetch("/version").then((a) => a.text()).then((v) => { if (v != 1) location.reload() })</script>'
REMOTE = '<script>import("http://localhost:{other}/%s").catch(() => 0)</script>'
NAMED = f'{page().body}<script type=module>import {{ cart }} from "/cart.js"; cart()</script>'
PART = '<script>fetch("/cart").then((a) => a.text()).then((t) => { app.innerHTML = t })</script>'
SOCKET = "<script>new WebSocket(`ws://${location.host}/live`)</script>"
PREFLIGHT = '<script>fetch("http://localhost:{other}/broken.js", {method: "PUT", headers: {"X-A": "1"}})</script>'
SIGN_IN = "<!doctype html><title>Sign in</title><form><input name=u><input type=password></form>"
ELSEWHERE = page(script="app.3f9c21ab.js").body.replace("<link", "<base href=/new/><link").replace("/style", "style")
GONE = Reply(status=404)
DELIVERY_FAILURES: tuple[Failure, ...] = (
    Failure(
        name="bundle gone, and the text",
        truth=(Kind.SCRIPT_FAILED,),
        options=EXPECTS,
        replies={"/": page(words="Loading"), "/app.3f9c21ab.js": GONE},
    ),
    on_page(
        "cached page, whose bundles are gone",
        Kind.SCRIPT_FAILED,
        Kind.STYLESHEET_FAILED,
        replies={"/app.3f9c21ab.js": GONE, "/style.css": GONE},
    ),
    on_page(
        "cached page, in the place of its bundles",
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": page(), "/style.css": page()},
    ),
    on_page(
        "bundle leads to a sign-in",
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": Reply(status=302, headers={"Location": "/login"}), "/login": Reply(body=SIGN_IN)},
    ),
    on_page("assets below another path", Kind.DEPLOY, replies={"/": Reply(body=ELSEWHERE)}),
    on_page(
        "import map leads nowhere",
        Kind.SCRIPT_FAILED,
        healthy={"/": page(more=MAP), "/shop.js": Reply(body="1", kind=JS)},
        replies={"/shop.js": GONE},
    ),
    on_page(
        "lazy chunk is gone",
        Kind.SCRIPT_FAILED,
        healthy={"/": page(more=LAZY), "/cart.11aa22bb.js": Reply(body="1", kind=JS)},
        replies={"/cart.11aa22bb.js": GONE},
    ),
    on_page(
        "page reloads for a chunk that is gone",
        Kind.REDIRECT_LOOP,
        healthy={"/": page(more=RELOADS), "/cart.11aa22bb.js": Reply(body="1", kind=JS)},
        replies={"/cart.11aa22bb.js": GONE},
    ),
    on_page(
        "page reloads for a version that never comes",
        Kind.REDIRECT_LOOP,
        healthy={"/": page(more=VERSION), "/version": Reply(body="1")},
        replies={"/version": Reply(body="2")},
    ),
    on_page(
        "module of another version",
        Kind.PAGE_ERROR,
        healthy={"/": Reply(body=NAMED), "/cart.js": Reply(body="export const cart = () => 1", kind=JS)},
        replies={"/cart.js": Reply(body="export const basket = () => 1", kind=JS)},
    ),
    on_page(
        "remote module fails",
        Kind.THIRD_PARTY_FAILED,
        healthy={"/": page(more=REMOTE % "open.js")},
        replies={"/": page(more=REMOTE % "broken.js")},
    ),
    on_page(
        "part of the page leads to a sign-in",
        Kind.API_FAILED,
        healthy={"/": page(more=PART), "/cart": Reply(body="<b>Cart</b>")},
        replies={"/cart": Reply(status=302, headers={"Location": "/login"}), "/login": Reply(body=SIGN_IN)},
    ),
    on_page("preflight fails", Kind.CORS, replies={"/": page(more=PREFLIGHT)}),
    on_page(
        "API stalls half-way",
        Kind.API_FAILED,
        replies={"/api/items": Reply(body='["lamp"]', kind=JSON, drip_seconds=60)},
    ),
    on_page(
        "script stalls half-way",
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": Reply(body=SCRIPT, kind=JS, drip_seconds=60)},
    ),
    on_page(
        "script is longer by its header",
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": Reply(body=SCRIPT, kind=JS, headers={"Content-Length": "9000"})},
    ),
    on_page(
        "script is no gzip",
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": Reply(body=SCRIPT, kind=JS, headers={"Content-Encoding": "gzip"})},
    ),
    on_page("API answers nothing", Kind.PAGE_ERROR, Kind.API_FAILED, replies={"/api/items": Reply(status=204)}),
    on_page(
        "API redirects in a loop",
        Kind.API_FAILED,
        replies={"/api/items": Reply(status=302, headers={"Location": "/api/items"})},
    ),
    on_page(
        "style sheet imports what is gone",
        Kind.STYLESHEET_FAILED,
        healthy={
            "/style.css": Reply(body='@import "/theme.css";', kind="text/css"),
            "/theme.css": Reply(body="b {}", kind="text/css"),
        },
        replies={"/theme.css": GONE},
    ),
    on_page(
        "WebSocket is closed soon",
        Kind.API_FAILED,
        healthy={"/": page(more=SOCKET), "/live": Reply(socket_seconds=30)},
        replies={"/live": Reply(socket_seconds=0.05)},
    ),
    on_page(
        "sign-in loops without its cookie",
        Kind.REDIRECT_LOOP,
        replies={
            "/": Reply(status=302, headers={"Location": "/login"}),
            "/login": Reply(status=302, headers={"Location": "/", "Set-Cookie": "session=1; SameSite=None"}),
        },
    ),
)
