"""Failures that only show in the rendered page, while all requests succeed, for `benchmarks.diagnosis`."""

from benchmarks._failures import Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JS = "text/javascript"
WITH_CHECKOUT = page(more="<script src=/checkout.js></script>")
WORK = "function work(ms) { const end = performance.now() + ms; while (performance.now() < end); }"
LAYOUT = (
    "addEventListener('load', function resize() { const box = document.createElement('div'); app.append(box);"
    "for (let n = 0; n < 3000; n++) box.append(document.createElement('p')); const end = performance.now() + 3000;"
    "for (let n = 0; performance.now() < end; n++) { box.style.width = `${300 + (n % 50)}px`; box.offsetHeight } })"
)


def _checkout(name: str, *truth: Kind, script: str) -> Failure:
    return on_page(
        name,
        *truth,
        healthy={"/": WITH_CHECKOUT, "/checkout.js": Reply(body="window.ready = 1", kind=JS)},
        replies={"/checkout.js": Reply(body=script, kind=JS)},
        time_limit_seconds=10.0,
    )


ITEMS = "fetch('/api/items').then((answer) => answer.json()).then((told) => { "
SPINNER = "<div id=list role=progressbar class=spinner>Loading…</div>"
FILLED = f"{ITEMS} if (told.items) list.outerHTML = `<p>${{told.items}}</p>` }})"
PRICE = f"{ITEMS} app.innerHTML = `<p>Lamp: ${{(told.price * 1.19).toFixed(2)}} EUR</p>` }})"
VEIL = '<div id=veil style="position: fixed; inset: 0; background: #0008"></div>'


def _own(name: str, truth: Kind, *, html: str = "", good: dict[str, str], bad: dict[str, str]) -> Failure:
    """Return a page drawn by its own script alone; *good* and *bad* are the bodies of its script and its data."""

    def replies(bodies: dict[str, str]) -> dict[str, Reply]:
        kinds = {"/own.js": JS, "/api/items": "application/json"}
        return {path: Reply(body=body, kind=kinds[path]) for path, body in bodies.items()}

    start = f"<!doctype html><title>Shop</title><h1>Shop</h1><div id=app></div>{html}<script src=/own.js></script>"
    return on_page(
        name, truth, healthy={"/": Reply(body=start), **replies(good)}, replies=replies(bad), time_limit_seconds=10.0
    )


def _drawn(name: str, *, html: str = "", script: str, good: str, bad: str) -> Failure:
    """Return a page whose data changes its form, which its script copes with badly."""
    first = {"/own.js": script, "/api/items": good}
    return _own(name, Kind.CONTENT_CHANGED, html=html, good=first, bad={"/api/items": bad})


DRAWS = {"/own.js": "app.innerHTML = '<p>In stock: lamp, desk</p>'"}


def _chain(*, wait_seconds: float) -> dict[str, Reply]:
    """Return four modules, each of which is requested by the one before."""
    names = [f"/part{number}.mjs" for number in range(1, 5)]
    bodies = [f"import '{after}'" for after in names[1:]] + ["window.ready = 1"]
    parts = {
        name: Reply(body=body, kind=JS, wait_seconds=wait_seconds) for name, body in zip(names, bodies, strict=True)
    }
    return {"/": page(more="<script type=module src=/part1.mjs></script>"), **parts}


FRONT_FAILURES: tuple[Failure, ...] = (
    _checkout("script keeps the page busy at its start", Kind.SLOW_SCRIPT, script=f"{WORK} work(3000)"),
    _checkout("script keeps the page busy in a timer", Kind.SLOW_SCRIPT, script=f"{WORK} setTimeout(work, 200, 2500)"),
    _checkout("script forces layout again and again", Kind.SLOW_SCRIPT, script=LAYOUT),
    on_page(
        "third party keeps the page busy",
        Kind.SLOW_SCRIPT,
        healthy={"/": page(more='<script src="http://localhost:{other}/widget.js"></script>')},
        replies={"/": page(more='<script src="http://localhost:{other}/busy.js"></script>')},
        time_limit_seconds=10.0,
    ),
    _drawn("spinner never ends", html=SPINNER, script=FILLED, good='{"items": ["lamp"]}', bad='{"rows": []}'),
    _drawn("page shows NaN", script=PRICE, good='{"price": 9}', bad='{"amount": 9}'),
    _drawn(
        "page shows an object",
        script=f"{ITEMS} app.textContent = `Hello ${{told.name}}` }})",
        good='{"name": "Ann"}',
        bad='{"name": {"first": "Ann"}}',
    ),
    _own(
        "script draws an error page",
        Kind.CONTENT_CHANGED,
        good=DRAWS,
        bad={"/own.js": "document.body.innerHTML = '<h1>Something went wrong</h1><p>Please try again later.</p>'"},
    ),
    _own(
        "script draws that the page is not found",
        Kind.CONTENT_CHANGED,
        good=DRAWS,
        bad={"/own.js": "document.body.innerHTML = '<h1>404</h1><p>Page not found</p>'"},
    ),
    _own(
        "script empties the page",
        Kind.BLANK_PAGE,
        good=DRAWS,
        bad={"/own.js": "setTimeout(() => { document.body.innerHTML = '' }, 300)"},
    ),
    on_page(
        "chain of scripts, each a little slow",
        Kind.SLOW_FIRST_BYTE,
        healthy=_chain(wait_seconds=0.0),
        replies=_chain(wait_seconds=0.8),
        time_limit_seconds=10.0,
    ),
    on_page("empty element covers the page", Kind.CONTENT_CHANGED, replies={"/": page(more=VEIL)}),
)
FRONT_HEALTHY: dict[str, dict[str, Reply]] = {
    "a page that is always busy for 2 s": {"/": page(more=f"<script>{WORK} work(2000)</script>")},
    "a page that starts slowly": {"/": page(more=f"<script>{WORK} addEventListener('load', () => work(700))</script>")},
    "a spinner below the list": {"/": page(more="<div class=spinner role=progressbar>Loading more…</div>")},
    "a dialog about cookies": {"/": page(more=VEIL.replace("></div>", "><button>Accept cookies</button></div>"))},
    "an article about NaN": {"/": page(words="In a script, NaN is no number, and undefined is no value. " * 5)},
    "an own script that is missing": {"/": page(more="<script src=/custom.js></script>")},
    "a style sheet for printing that is missing": {"/": page(more="<link rel=stylesheet media=print href=/print.css>")},
    "a film that streams": {
        "/": page(more="<video src=/film.mp4 autoplay muted></video>"),
        "/film.mp4": Reply(body="x" * 100_000, kind="video/mp4", drip_seconds=20),
    },
    "a worker that is busy": {
        "/": page(more="<script>new Worker('/worker.js')</script>"),
        "/worker.js": Reply(body=f"{WORK} work(3000)", kind=JS),
    },
}
