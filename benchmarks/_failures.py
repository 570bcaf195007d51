"""Failures that `benchmarks.diagnosis` stages, each with its true cause, and the healthy website they start from."""

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
    """Return the website's document."""
    return Reply(
        body=f"<!doctype html><title>Shop</title><link rel=stylesheet href=/style.css><h1>Shop</h1><p>{words}</p>"
        f'<div id=app></div><script src="{script}"></script>{more}',
        headers={"Content-Security-Policy": policy},
    )


def shell(script: str = "/app.3f9c21ab.js") -> Reply:
    """Return a document whose content comes only from its script."""
    return Reply(body=f'<!doctype html><title>Shop</title><div id=app></div><script src="{script}"></script>')


HEALTHY: dict[str, Reply] = {
    "/": page(),
    "/style.css": Reply(body="body { font: 16px sans-serif }", kind="text/css"),
    "/app.3f9c21ab.js": Reply(body=SCRIPT, kind="text/javascript"),
    "/api/items": Reply(body='["lamp", "desk"]', kind="application/json"),
}
TIME_LIMIT_SECONDS = 5.0  # of a debug session; enough for most failures
EXPECTS = CheckOptions(body_contains="In stock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure to stage."""

    name: str
    truth: tuple[Kind, ...]
    """The kinds of findings that are right; with two simultaneous failures the kinds of both."""
    replies: Mapping[str, Reply] = field(default_factory=dict)
    """Replies of the broken website that differ from the healthy one, by path."""
    healthy: Mapping[str, Reply] = field(default_factory=dict)
    """Replies of this website while it works that differ from `HEALTHY`, by path."""
    way: str = "http"
    """How the website is broken below HTTP: see `benchmarks._breaking.Breaker`."""
    options: CheckOptions = field(default_factory=CheckOptions)
    timeout_seconds: float = 3.0
    time_limit_seconds: float = TIME_LIMIT_SECONDS
    """Time limit of its debug session."""
    is_session_alone: bool = False
    """Whether only the debug session shows the failure and no check fails."""


def on_page(name: str, *truth: Kind, healthy: Mapping[str, Reply] | None = None, **given: Any) -> Failure:
    """Return a failure that only the browser sees, while checks succeed."""
    return Failure(name=name, truth=truth, is_session_alone=True, healthy=healthy or {}, **given)


CDN = {"Server": "cloudflare", "CF-RAY": "8a1-FRA"}


CAPTCHA = "<title>Just a moment...</title><h1>Checking your browser</h1><p>Please complete the captcha.</p>"

NETWORK_FAILURES: tuple[Failure, ...] = (
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
    Failure(
        name="500 of the origin behind a CDN",
        truth=(Kind.ORIGIN_ERROR,),
        healthy={"/": Reply(body=page().body, headers=CDN)},
        replies={"/": Reply(status=500, body="<h1>Traceback</h1>", headers=CDN)},
    ),
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
    Failure(
        name="redirects to a refused port",
        truth=(Kind.CONNECT_REFUSED,),
        replies={"/": Reply(status=302, headers={"Location": "http://127.0.0.2:9/login"})},
    ),
    Failure(
        name="redirects to a name that is none",
        truth=(Kind.DNS,),
        replies={"/": Reply(status=302, headers={"Location": "http://sso.invalid/login"})},
    ),
    Failure(
        name="redirects to a page that is gone",
        truth=(Kind.CLIENT_ERROR,),
        replies={"/": Reply(status=302, headers={"Location": "/welcome"})},
    ),
    Failure(
        name="redirects to a 500",
        truth=(Kind.ORIGIN_ERROR,),
        replies={
            "/": Reply(status=302, headers={"Location": "/welcome"}),
            "/welcome": Reply(status=500, body="<h1>Error</h1>"),
        },
    ),
    Failure(
        name="redirects ever further",
        truth=(Kind.REDIRECT_LOOP,),
        replies={
            "*": Reply(status=302, headers={"Location": "/deeper/{n}"}),
            "/": Reply(status=302, headers={"Location": "/deeper/{n}"}),
        },
    ),
    Failure(
        name="redirects to what is no URL",
        truth=(Kind.REDIRECT_REFUSED,),
        replies={"/": Reply(status=302, headers={"Location": "ftp://shop.example/"})},
    ),
    Failure(
        name="expired and of another host",
        truth=(Kind.TLS_EXPIRED, Kind.TLS_WRONG_HOST),
        way="tls expired and wrong host",
    ),
    Failure(name="self-signed", truth=(Kind.TLS_UNTRUSTED,), way="tls self-signed"),
    Failure(name="closes in the handshake", truth=(Kind.TLS_FAILED,), way="tls closes"),
    Failure(
        name="slow handshake", truth=(Kind.SLOW_CONNECT,), way="https slow", options=CheckOptions(max_response_ms=500)
    ),
    Failure(name="speaks no HTTP", truth=(Kind.BROKEN_ANSWER,), replies={"/": Reply(raw=b"SSH-2.0-OpenSSH_9.2p1\r\n")}),
    Failure(
        name="compression is broken",
        truth=(Kind.BROKEN_ANSWER,),
        replies={"/": Reply(body="no gzip" * 40, headers={"Content-Encoding": "gzip"})},
    ),
    Failure(
        name="chunks break off",
        truth=(Kind.BROKEN_ANSWER,),
        replies={"/": Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n<h1>Shop</h1>")},
    ),
    Failure(
        name="forbidden words appear",
        truth=(Kind.CONTENT_CHANGED, Kind.ORIGIN_ERROR),
        replies={"/": page(words="Fatal error: out of memory")},
        options=CheckOptions(body_excludes="Fatal error"),
    ),
    Failure(
        name="JSON value changed",
        truth=(Kind.CONTENT_CHANGED,),
        healthy={"/": Reply(body='{"status": "ok"}', kind="application/json")},
        replies={"/": Reply(body='{"status": "degraded"}', kind="application/json")},
        options=CheckOptions.model_validate({"json_equals": [{"path": "$.status", "equals": "ok"}]}),
    ),
    Failure(
        name="a page instead of JSON",
        truth=(Kind.CONTENT_CHANGED,),
        healthy={"/": Reply(body='{"status": "ok"}', kind="application/json")},
        replies={"/": page()},
        options=CheckOptions.model_validate({"json_equals": [{"path": "$.status", "equals": "ok"}]}),
    ),
    Failure(
        name="parked domain with expectation",
        truth=(Kind.CONTENT_CHANGED,),
        replies={
            "/": Reply(status=302, headers={"Location": "/parked"}),
            "/parked": Reply(body="<title>Domain for sale</title>"),
        },
        options=EXPECTS,
    ),
)
