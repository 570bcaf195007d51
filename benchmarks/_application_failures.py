"""Failures of single-page applications whose requests succeed or whose scripts report nothing, for `diagnosis`."""

from benchmarks._failures import Failure, on_page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JS, JSON = "text/javascript", "application/json"
SHELL = (
    "<!doctype html><title>Shop</title><header>Garden shop</header><main id=app></main><footer>Contact us</footer>"
    "<script src=/own.js></script>"
)
LOAD = "fetch('/api/items').then((answer) => answer.json()).then((told) => { "
LIST = LOAD + "app.innerHTML = told.items.map((item) => `<p>${item}</p>`).join('') })"
NAMED = (
    LOAD + "app.innerHTML = ['home.title', 'home.text', 'cart.checkout'].map((name) => told[name] || name).join(' ') })"
)
TABLE = LOAD + "for (const row of told.rows) if (!('price' in row)) alert('Table warning: unknown parameter price') })"
STEPS = (
    "(async () => { for (const step of [0, 1, 2, 3]) await (await fetch(`/api/step${step}`)).json();"
    "app.textContent = 'All lamps' })()"
)
LEADING = "for (let n = 0; n < 600; n++) history.replaceState(null, '', n % 2 ? '/a' : '/b')"


def _own(script: str, data: str = "{}") -> dict[str, Reply]:
    return {"/": Reply(body=SHELL), "/own.js": Reply(body=script, kind=JS), "/api/items": Reply(body=data, kind=JSON)}


def _data(data: str) -> dict[str, Reply]:
    return {"/api/items": Reply(body=data, kind=JSON)}


def _steps(wait_seconds: float) -> dict[str, Reply]:
    return {f"/api/step{n}": Reply(body="[]", kind=JSON, wait_seconds=wait_seconds) for n in range(4)}


APPLICATION_FAILURES: tuple[Failure, ...] = (
    on_page(
        "application asks for its data step by step, each a little slow",
        Kind.SLOW_FIRST_BYTE,
        healthy=_own(STEPS) | _steps(0.0),
        replies=_steps(0.9),
        time_limit_seconds=10.0,
    ),
    on_page(
        "two routes lead to each other",
        Kind.REDIRECT_LOOP,
        healthy=_own("app.textContent = 'All lamps'"),
        replies={"/own.js": Reply(body=LEADING, kind=JS)},
    ),
    on_page(
        "router knows no route and says nothing",
        Kind.BLANK_PAGE,
        healthy={"/": Reply(body="<!doctype html><title>Shop</title><main id=app></main><script src=/own.js></script>")}
        | {"/own.js": Reply(body="if (location.pathname === '/') app.textContent = 'All lamps'", kind=JS)},
        replies={"/own.js": Reply(body="if (location.pathname === '/shop/') app.textContent = 'All lamps'", kind=JS)},
    ),
    on_page(
        "list that the page consists of is empty",
        Kind.CONTENT_CHANGED,
        healthy=_own(LIST, '{"items": ["Lamp of brass", "Desk of oak", "Chair of beech"]}'),
        replies=_data('{"items": []}'),
    ),
    on_page(
        "translations are empty",
        Kind.CONTENT_CHANGED,
        healthy=_own(NAMED, '{"home.title": "Lamps", "home.text": "For you", "cart.checkout": "Pay"}')
        | {"/": Reply(body=SHELL.replace("Garden shop", "").replace("Contact us", ""))},
        replies=_data("{}"),
    ),
    on_page(
        "table warns in a dialog",
        Kind.CONTENT_CHANGED,
        healthy=_own(TABLE, '{"rows": [{"price": 1}]}'),
        replies=_data('{"rows": [{}]}'),
    ),
    on_page(
        "film is gone",
        Kind.RESOURCE_FAILED,
        healthy={
            "/": Reply(body="<h1>Shop</h1><video src=/film.mp4 controls></video>"),
            "/film.mp4": Reply(kind="video/mp4"),
        },
        replies={"/film.mp4": Reply(status=404)},
    ),
)

OFFER_ENDED = on_page(
    "an offer has ended",
    healthy=_own(LIST, '{"items": ["Lamp of brass", "Desk of oak", "Chair of beech", "Today only: a tenth off all"]}'),
    replies=_data('{"items": ["Lamp of brass", "Desk of oak", "Chair of beech"]}'),
)
"""A change that harms nobody."""
