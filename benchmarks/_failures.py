"""What befalls the website of `benchmarks.diagnosis`: failures with what each is in truth, and what is healthy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind
from core.schemas.check_options import CheckOptions

SCRIPT = """
document.getElementById("app").textContent = "Shop";
fetch("/api/items")
  .then((answer) => { if (!answer.ok) throw new Error("items: " + answer.status); return answer.json(); })
  .then((items) => { document.getElementById("app").textContent = "In stock: " + items.join(", "); });
"""


def page(*, script: str = "/app.3f9c21ab.js", more: str = "", words: str = "In stock", policy: str = "") -> Reply:
    """The website's document."""
    return Reply(
        body=f"<!doctype html><title>Shop</title><link rel=stylesheet href=/style.css><h1>Shop</h1><p>{words}</p>"
        f'<div id=app></div><script src="{script}"></script>{more}',
        headers={"Content-Security-Policy": policy},
    )


def shell(script: str = "/app.3f9c21ab.js") -> Reply:
    """A document that is nothing without its script."""
    return Reply(body=f'<!doctype html><title>Shop</title><div id=app></div><script src="{script}"></script>')


HEALTHY: dict[str, Reply] = {
    "/": page(),
    "/style.css": Reply(body="body { font: 16px sans-serif }", kind="text/css"),
    "/app.3f9c21ab.js": Reply(body=SCRIPT, kind="text/javascript"),
    "/api/items": Reply(body='["lamp", "desk"]', kind="application/json"),
}
EXPECTS = CheckOptions(body_contains="In stock")
NGINX_502 = (
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center>"
    "<hr><center>nginx/1.25.3</center></body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure."""

    name: str
    truth: tuple[Kind, ...]
    """The kinds that name its cause; of two faults at once, either's."""
    replies: Mapping[str, Reply] = field(default_factory=dict)
    """What is answered otherwise than by the healthy website."""
    healthy: Mapping[str, Reply] = field(default_factory=dict)
    """What this website answers otherwise while it is good."""
    way: str = "http"
    """How the website is broken: see `benchmarks.diagnosis.Play`."""
    options: CheckOptions = field(default_factory=CheckOptions)
    timeout_seconds: float = 3.0
    is_session_alone: bool = False
    """No check fails: the debug session alone tells."""


def _http(name: str, truth: Kind, status: int, body: str = "", **headers: str) -> Failure:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    reply = Reply(status=status, body=body or f"<h1>{status}</h1>", headers=named)
    return Failure(name=name, truth=(truth,), replies={"*": reply, "/": reply})


CDN = {"Server": "cloudflare", "CF-RAY": "8a1-FRA"}


def _page(name: str, *truth: Kind, healthy: Mapping[str, Reply] | None = None, **given: Any) -> Failure:
    return Failure(name=name, truth=truth, is_session_alone=True, healthy=healthy or {}, **given)


def _third(name: str) -> dict[str, Reply]:
    return {"/": page(more=f'<script src="http://localhost:{{other}}/{name}"></script>')}


REFUSED_WIDGET = '<script src="http://localhost:9/widget.js"></script>'
BROKEN_FRAME = '<iframe src="http://localhost:{other}/broken.js"></iframe>'
CAPTCHA = "<title>Just a moment...</title><h1>Checking your browser</h1><p>Please complete the captcha.</p>"

FAILURES: tuple[Failure, ...] = (
    Failure(name="name does not exist", truth=(Kind.DNS,), way="no name"),
    Failure(name="resolver fails", truth=(Kind.DNS,), way="resolver fails"),
    Failure(name="address changed, nobody there", truth=(Kind.DNS_CHANGED,), way="moved to nobody"),
    Failure(name="address changed, another server", truth=(Kind.DNS_CHANGED,), way="moved to another"),
    Failure(name="refused", truth=(Kind.CONNECT_REFUSED,), way="refused"),
    Failure(name="connect timeout", truth=(Kind.CONNECT_TIMEOUT,), way="silent"),
    Failure(name="certificate expired", truth=(Kind.TLS_EXPIRED,), way="tls expired"),
    Failure(name="certificate of another host", truth=(Kind.TLS_WRONG_HOST,), way="tls wrong host"),
    Failure(name="certificate untrusted", truth=(Kind.TLS_UNTRUSTED,), way="tls untrusted"),
    Failure(name="certificate not yet valid", truth=(Kind.TLS_NOT_YET_VALID,), way="tls early"),
    Failure(name="certificate about to expire", truth=(Kind.TLS_EXPIRES_SOON,), way="tls soon"),
    Failure(name="no TLS on this port", truth=(Kind.TLS_PROTOCOL,), way="tls none"),
    Failure(name="no TLS version in common", truth=(Kind.TLS_PROTOCOL,), way="tls old"),
    Failure(name="handshake hangs", truth=(Kind.TLS_FAILED,), way="tls hangs"),
    _http("origin 500", Kind.ORIGIN_ERROR, 500, "<h1>Application error</h1>"),
    _http("origin 503", Kind.ORIGIN_ERROR, 503, "<h1>Database is locked</h1>"),
    _http("nginx 502", Kind.PROXY_ERROR, 502, NGINX_502, Server="nginx/1.25.3"),
    _http("varnish 503", Kind.PROXY_ERROR, 503, "Error 503 Backend fetch failed", Via="1.1 varnish", X_Cache="MISS"),
    _http("CDN 504", Kind.PROXY_ERROR, 504, "", Server="cloudflare", CF_RAY="8a1-FRA"),
    _http("CDN 522", Kind.PROXY_ERROR, 522, "", Server="cloudflare", CF_RAY="8a1-FRA"),
    Failure(
        name="500 of the origin behind a CDN",
        truth=(Kind.ORIGIN_ERROR,),
        healthy={"/": Reply(body=page().body, headers=CDN)},
        replies={"/": Reply(status=500, body="<h1>Traceback</h1>", headers=CDN)},
    ),
    _http("404 after a change", Kind.CLIENT_ERROR, 404),
    _http("401 after a change", Kind.CLIENT_ERROR, 401, "", WWW_Authenticate='Basic realm="x"'),
    _http("403 plain", Kind.CLIENT_ERROR, 403, "<h1>Forbidden</h1>"),
    _http("429", Kind.QUOTA, 429, "Too many requests", Retry_After="60"),
    _http("403 quota", Kind.QUOTA, 403, "Daily quota exceeded", X_RateLimit_Remaining="0"),
    _http("403 captcha", Kind.BOT_WALL, 403, CAPTCHA, Server="cloudflare", CF_RAY="8a1", cf_mitigated="challenge"),
    Failure(name="captcha with 200", truth=(Kind.BOT_WALL,), replies={"/": Reply(body=CAPTCHA)}, options=EXPECTS),
    Failure(
        name="redirect loop of two",
        truth=(Kind.REDIRECT_LOOP,),
        replies={
            "/": Reply(status=302, headers={"Location": "/login"}),
            "/login": Reply(status=302, headers={"Location": "/"}),
        },
    ),
    Failure(
        name="redirects to itself",
        truth=(Kind.REDIRECT_LOOP,),
        replies={"/": Reply(status=301, headers={"Location": "/"})},
    ),
    Failure(name="closed before the answer", truth=(Kind.BROKEN_ANSWER,), replies={"/": Reply(is_cut=True)}),
    Failure(
        name="closed within the answer",
        truth=(Kind.BROKEN_ANSWER,),
        replies={"/": Reply(body="x" * 20_000, is_cut_within=True)},
    ),
    Failure(
        name="first byte never comes",
        truth=(Kind.SLOW_FIRST_BYTE,),
        replies={"/": Reply(wait_seconds=60)},
        timeout_seconds=2,
    ),
    Failure(
        name="slow first byte",
        truth=(Kind.SLOW_FIRST_BYTE,),
        replies={"/": Reply(body=page().body, wait_seconds=1.2)},
        options=CheckOptions(max_response_ms=500),
    ),
    Failure(
        name="slow download",
        truth=(Kind.SLOW_DOWNLOAD,),
        replies={"/": Reply(body=page().body * 3, drip_seconds=1.2)},
        options=CheckOptions(max_response_ms=500),
    ),
    Failure(
        name="download never ends",
        truth=(Kind.SLOW_DOWNLOAD,),
        replies={"/": Reply(body=page().body * 3, drip_seconds=60)},
        timeout_seconds=2,
    ),
    Failure(
        name="slow DNS",
        truth=(Kind.SLOW_CONNECT,),
        way="slow DNS",
        options=CheckOptions(max_response_ms=500),
    ),
    Failure(
        name="content changed",
        truth=(Kind.CONTENT_CHANGED,),
        replies={"/": page(words="This domain is for sale")},
        options=EXPECTS,
    ),
    _page("script fails", Kind.SCRIPT_FAILED, replies={"/app.3f9c21ab.js": Reply(status=500)}),
    _page("script is cut off", Kind.SCRIPT_FAILED, replies={"/app.3f9c21ab.js": Reply(body=SCRIPT, is_cut=True)}),
    _page(
        "a page comes instead of the script",
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": Reply(body="<!doctype html><title>Shop</title>")},
    ),
    _page("script never comes", Kind.SCRIPT_FAILED, replies={"/app.3f9c21ab.js": Reply(wait_seconds=60)}),
    _page("third party is refused", Kind.THIRD_PARTY_FAILED, replies={"/": page(more=REFUSED_WIDGET)}),
    _page("a frame of a third party fails", Kind.THIRD_PARTY_FAILED, replies={"/": page(more=BROKEN_FRAME)}),
    _page("API call fails", Kind.API_FAILED, replies={"/api/items": Reply(status=500, body="{}")}),
    _page("API call never answers", Kind.API_FAILED, replies={"/api/items": Reply(wait_seconds=60)}),
    _page("style sheet is gone", Kind.STYLESHEET_FAILED, replies={"/style.css": Reply(status=404)}),
    _page(
        "third party fails",
        Kind.THIRD_PARTY_FAILED,
        healthy=_third("widget.js"),
        replies=_third("broken.js"),
    ),
    _page(
        "blank page",
        Kind.BLANK_PAGE,
        healthy={"/": shell()},
        replies={
            "/": shell(),
            "/app.3f9c21ab.js": Reply(body="undefinedFunction();", kind="text/javascript"),
        },
    ),
    _page(
        "deploy without its assets",
        Kind.DEPLOY,
        replies={"/": page(script="/app.b71e40dd.js"), "/app.3f9c21ab.js": Reply(status=404)},
    ),
    _page(
        "deploy with a broken script",
        Kind.DEPLOY,
        replies={
            "/": page(script="/app.b71e40dd.js"),
            "/app.b71e40dd.js": Reply(body="let shop = cart.items;", kind="text/javascript"),
        },
    ),
    _page(
        "deploy with another version in its names",
        Kind.DEPLOY,
        healthy={"/": page(script="/app.v1.js"), "/app.v1.js": Reply(body=SCRIPT, kind="text/javascript")},
        replies={"/": page(script="/app.v2.js"), "/app.v1.js": Reply(status=404)},
    ),
    _page(
        "CORS",
        Kind.CORS,
        replies={"/app.3f9c21ab.js": Reply(body='fetch("http://localhost:{other}/items");', kind="text/javascript")},
    ),
    _page(
        "CSP",
        Kind.CSP,
        replies={"/": Reply(body=page().body, headers={"Content-Security-Policy": "script-src 'none'"})},
    ),
    _page(
        "CSP forbids the API",
        Kind.CSP,
        replies={"/": page(policy="connect-src https:")},
    ),
    _page(
        "mixed content",
        Kind.MIXED_CONTENT,
        way="https page",
        replies={"/": page(more='<script src="http://cdn.shop.test/widget.js"></script>')},
    ),
    _page(
        "script and API fail",
        Kind.SCRIPT_FAILED,
        Kind.API_FAILED,
        replies={
            "/": page(more='<script>fetch("/api/items")</script>'),
            "/app.3f9c21ab.js": Reply(status=404),
            "/api/items": Reply(status=503),
        },
    ),
    Failure(
        name="503 and its certificate about to expire",
        truth=(Kind.ORIGIN_ERROR, Kind.TLS_EXPIRES_SOON),
        way="tls soon",
        replies={"/": Reply(status=503, body="<h1>Out of memory</h1>")},
    ),
    Failure(
        name="slow and changed",
        truth=(Kind.CONTENT_CHANGED, Kind.SLOW_FIRST_BYTE),
        replies={"/": Reply(body="<h1>Maintenance</h1>", wait_seconds=1.0)},
        options=CheckOptions(body_contains="In stock", max_response_ms=500),
    ),
)

HEALTHY_ONES: dict[str, dict[str, Reply]] = {
    "a shop": {},
    "an application drawn by its script": {"/": shell()},
    "a redirect to its page": {"/": Reply(status=302, headers={"Location": "/welcome"}), "/welcome": page()},
    "a picture is missing": {"/": page(more="<img src=/gone.png>")},
    "nobody is signed in": {
        "/": page(more='<script>fetch("/api/me").then(() => 0)</script>'),
        "/api/me": Reply(status=401),
    },
    "an empty basket is 404": {
        "/": page(more='<script>fetch("/api/basket").then((a) => a.ok || console.log("no basket"))</script>')
    },
    "a request is given up": {
        "/": page(
            more="<script>const c = new AbortController();"
            'fetch("/api/slow", {signal: c.signal}).catch(() => 0); setTimeout(() => c.abort(), 50);</script>'
        ),
        "/api/slow": Reply(wait_seconds=5),
    },
    "long polling": {
        "/": page(more='<script>fetch("/api/poll")</script>'),
        "/api/poll": Reply(wait_seconds=60),
    },
    "a policy that only reports": {
        "/": Reply(
            body=page().body,
            headers={"Content-Security-Policy-Report-Only": "default-src 'none'"},
        )
    },
    "an API": {"/": Reply(body='{"status": "ok"}', kind="application/json")},
    "slow by nature": {"/": Reply(body=page().body, wait_seconds=1.5)},
    "plain text": {"/": Reply(body="ok", kind="text/plain")},
    "it warns in the console": {"/": page(more='<script>console.error("deprecated"); console.warn("old")</script>')},
}
