"""Failures with status 200 that only the content shows, for `benchmarks.diagnosis`."""

import gzip
import random

from benchmarks._failures import Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

STYLED = "<!doctype html><link rel=stylesheet href=/style.css>"  # such pages share the website's style sheet
SIGN_IN = (
    f'{STYLED}<title>Sign in</title><form><input name=u><input type=password></form><script src="/app.3f9c21ab.js">'
)
HUMAN = "<h1>Verify you are human</h1><div class=h-captcha></div>"
NOISE = random.Random(1).randbytes(3_000).hex()  # does not compress well
COMPRESSED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n" + gzip.compress(
    f"<!doctype html><title>Shop</title><h1>Shop</h1>{NOISE}".encode()
)
PICTURES = tuple(f"/{name}.svg" for name in "abcd")
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle r='4'/>{}</svg>"


def _svg(more: str = "", *, drip_seconds: float = 0.0) -> Reply:
    return Reply(body=SVG.format(more), kind="image/svg+xml", drip_seconds=drip_seconds)


def _with_text(words: str, title: str = "Shop") -> dict[str, Reply]:
    return {"/": Reply(body=f"{STYLED}<title>{title}</title><h1>{words}</h1>")}


ENDLESS = "<script>function draw() { app.textContent += 1; queueMicrotask(draw) } draw()</script>"
FRAME = '<iframe src="http://localhost:{other}/items"></iframe>'
GALLERY = {"/": page(more="".join(f"<img src={path}>" for path in PICTURES))}
HERO = {"/": page(more="<img src=/hero.svg>")}
QUIET_FAILURES: tuple[Failure, ...] = (
    on_page(
        "sign-in before the page",
        Kind.CONTENT_CHANGED,
        replies={"/": Reply(status=302, headers={"Location": "/login?next=/"}), "/login": Reply(body=SIGN_IN)},
    ),
    on_page(
        "consent before the page",
        Kind.CONTENT_CHANGED,
        replies={
            "/": Reply(status=302, headers={"Location": "/consent"}),
            "/consent": _with_text("Cookies?", "Hi")["/"],
        },
    ),
    on_page("maintenance with 200", Kind.ORIGIN_ERROR, replies=_with_text("We&rsquo;ll be back soon")),
    on_page("database gone, 200", Kind.ORIGIN_ERROR, replies=_with_text("Error establishing a database connection")),
    on_page(
        "trace in the page",
        Kind.ORIGIN_ERROR,
        replies={"/": page(words="<b>Fatal error</b>: Uncaught PDOException in /var/www/db.php:12")},
    ),
    on_page(
        "API tells of an error with 200",
        Kind.API_FAILED,
        replies={"/api/items": Reply(body='{"error": {"message": "upstream timeout"}}', kind="application/json")},
    ),
    on_page("country refused, 200", Kind.CONTENT_CHANGED, replies=_with_text("Not available in your country")),
    on_page("page not found, 200", Kind.CONTENT_CHANGED, replies=_with_text("404", "Page not found")),
    on_page("a wall by the page's own title", Kind.BOT_WALL, replies={"/": Reply(body=f"<title>Shop</title>{HUMAN}")}),
    on_page("folder listing", Kind.CONTENT_CHANGED, replies=_with_text("Index of /", "Index of /")),
    on_page(
        "style sheet is plain text and nosniff",
        Kind.STYLESHEET_FAILED,
        replies={"/style.css": Reply(body="body {}", kind="text/plain", headers={"X-Content-Type-Options": "nosniff"})},
    ),
    on_page(
        "pictures are refused",
        Kind.RESOURCE_FAILED,
        healthy={**GALLERY, **dict.fromkeys(PICTURES, _svg())},
        replies=dict.fromkeys(PICTURES, Reply(status=403)),
    ),
    on_page(
        "huge picture",
        Kind.SLOW_DOWNLOAD,
        healthy={**HERO, "/hero.svg": _svg()},
        replies={"/hero.svg": _svg(f"<!--{'x' * 2_000_000}-->", drip_seconds=3)},
    ),
    on_page("a redirect without a target", Kind.BROKEN_ANSWER, replies={"/": Reply(status=302)}),
    on_page("not modified, though nobody has a copy", Kind.BROKEN_ANSWER, replies={"/": Reply(status=304)}),
    on_page("a script draws without end", Kind.PAGE_ERROR, replies={"/": page(more=ENDLESS)}),
    on_page(
        "COEP keeps a frame away",
        Kind.THIRD_PARTY_FAILED,
        healthy={"/": page(more=FRAME)},
        replies={"/": Reply(body=page(more=FRAME).body, headers={"Cross-Origin-Embedder-Policy": "require-corp"})},
    ),
    on_page("compressed without a word", Kind.BROKEN_ANSWER, replies={"/": Reply(raw=COMPRESSED)}),
    on_page(
        "WebSocket's port is refused",
        Kind.API_FAILED,
        Kind.THIRD_PARTY_FAILED,
        replies={"/": page(more="<script>new WebSocket('ws://localhost:4/live')</script>")},
    ),
)
