"""Failures that pages of common frameworks had when a deploy broke them, for `benchmarks.diagnosis`."""

from benchmarks._failures import Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JS, JSON, HTML = "text/javascript", "application/json", "<!doctype html><title>Shop</title><h1>Shop</h1>"
CALL = '<script>fetch("%s").then((a) => a.json()).then((i) => { app.textContent = i[0].name }).catch(%s)</script>'
LOGGED = "(fault) => console.error('ERROR', fault)"  # as the error handlers of Angular, React and Vue do
PART = {
    "/": page(
        more='<div id=part></div><script>fetch("/part").then((a) => a.text()).then((html) => '
        "{ part.innerHTML = html })</script>"
    ),
    "/part": Reply(body="<ul><li>Lamp<li>Chair</ul>"),
}
CACHED = {
    "/": page(
        more="<script>navigator.serviceWorker.register('/sw.js').then(() => { const late = "
        "document.createElement('script'); late.src = '/cart.js'; document.body.append(late) })</script>"
    ),
    "/sw.js": Reply(
        body="oninstall = (e) => e.waitUntil(caches.open('v1').then((c) => c.addAll(['/cart.js?v1', '/cart.js'])))",
        kind=JS,
    ),
    "/cart.js": Reply(body="window.cart = 1", kind=JS),
    "/cart.js?v1": Reply(body="window.cart = 1", kind=JS),
}
NAMED = {"/": page(more=CALL % ("/api/names", LOGGED)), "/api/names": Reply(body='[{"name": "Lamp"}]', kind=JSON)}

FRAMEWORK_FAILURES: tuple[Failure, ...] = (
    on_page(
        "framework logs a fault of its page",
        Kind.PAGE_ERROR,
        healthy=NAMED,
        replies={"/api/names": Reply(body="[]", kind=JSON)},
    ),
    on_page(
        "part tells of an error with 200",
        Kind.API_FAILED,
        healthy=PART,
        replies={"/part": Reply(body="<h2>Internal Server Error</h2><p>Try again later.")},
    ),
    on_page(
        "part asks for a password with 200",
        Kind.API_FAILED,
        healthy=PART,
        replies={"/part": Reply(body="<h2>Sign in</h2><form><input name=user><input type=password></form>")},
    ),
    on_page(
        "page comes instead of a script that a service worker caches",
        Kind.SCRIPT_FAILED,
        healthy=CACHED,
        replies={"/cart.js": Reply(body=HTML)},
    ),
    on_page(
        "address of the API has a value that is missing",
        Kind.API_FAILED,
        healthy=NAMED,
        replies={"/": page(more=CALL % ("/undefined/names", LOGGED)), "/undefined/names": Reply(status=404)},
    ),
    on_page(
        "script writes the words of an error into the title",
        Kind.API_FAILED,
        healthy={
            "/": page(
                more="<script>fetch('/api/names').then((a) => { if (!a.ok) document.title = "
                "'500 - Internal Server Error' })</script>"
            ),
            "/api/names": Reply(body="[]", kind=JSON),
        },
        replies={"/api/names": Reply(status=500, body='{"message": "database is locked"}', kind=JSON)},
    ),
)
