"""Failures of hosting and of third parties, and changes that harm nobody, for `benchmarks.diagnosis`."""

from benchmarks._failures import CDN, Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JSON, WIDGET = "application/json", "<script src=http://localhost:{other}/widget.js></script>"
LONG = f"<!doctype html><title>Shop</title><h1>Shop</h1><p>{'Lamps for every room. ' * 90}</p>"
TEXTS = "<nav><p>Home<p>Products<p>Contact</nav><button>Checkout</button>"
NAMES = "<nav><p>nav.home<p>nav.products<p>nav.contact</nav><button>cart.checkout_button</button>"
PAY = {"/": page(more='<iframe src="/pay"></iframe>'), "/pay": Reply(body="<p>Pay")}
BLOCKS_OTHERS = "script-src 'self' 'unsafe-inline'"
THROWS = "<script>setTimeout(() => nobody.home, 5)</script>"


def _answers(name: str, kind: Kind, status: int, body: str, **headers: str) -> Failure:
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return Failure(name=name, truth=(kind,), replies={"/": Reply(status=status, body=body, headers=named)})


PROVIDER_FAILURES: tuple[Failure, ...] = (
    _answers("tunnel is not connected", Kind.PROXY_ERROR, 530, "error code: 1033", **CDN),
    _answers("hosting has stopped the app", Kind.CLIENT_ERROR, 403, "<h1>Error 403 - This web app is stopped.</h1>"),
    _answers("hosting has suspended the service", Kind.PROXY_ERROR, 503, "<h1>Service Suspended</h1>", **CDN),
    _answers(
        "CDN does not know the host",
        Kind.PROXY_ERROR,
        500,
        "<title>Fastly error: unknown domain shop.example</title>",
        Server="Varnish",
        X_Served_By="cache-fra-1",
    ),
    _answers(
        "application pool is stopped",
        Kind.ORIGIN_ERROR,
        503,
        "<h2>Service Unavailable</h2><hr><p>HTTP Error 503. The service is unavailable.</p>",
        Server="Microsoft-HTTPAPI/2.0",
    ),
    _answers("PHP finds no script", Kind.CLIENT_ERROR, 404, "File not found.\n"),
    _answers("router has no route", Kind.CLIENT_ERROR, 404, "404 page not found\n"),
    _answers("password in front", Kind.CLIENT_ERROR, 401, "<h1>401</h1>", WWW_Authenticate='Basic realm="Staging"'),
    on_page(
        "third party refuses the key",
        Kind.THIRD_PARTY_FAILED,
        healthy={"/": page(more=WIDGET)},
        replies={"/": page(more="<script src=http://localhost:{other}/refused.js></script>")},
    ),
    on_page(
        "translations are missing",
        Kind.CONTENT_CHANGED,
        healthy={"/": page(words=TEXTS)},
        replies={"/": page(words=NAMES)},
    ),
    on_page(
        "API fails and a style sheet is gone",
        Kind.API_FAILED,
        replies={"/style.css": Reply(status=404), "/api/items": Reply(status=500, body="{}", kind=JSON)},
    ),
    on_page(
        "own frame tells of an error",
        Kind.RESOURCE_FAILED,
        healthy=PAY,
        replies={"/pay": Reply(body="<h1>Internal Server Error")},
    ),
    on_page(
        "long page ends with an error",
        Kind.ORIGIN_ERROR,
        healthy={"/": Reply(body=LONG)},
        replies={"/": Reply(body=f"{LONG}<p>There has been a critical error on this website.</p>")},
    ),
)
HARMLESS_CHANGES: tuple[Failure, ...] = (
    on_page(
        "a policy blocks a tracker",
        healthy={"/": page(more=WIDGET)},
        replies={"/": page(more=WIDGET, policy=BLOCKS_OTHERS)},
    ),
    on_page(
        "a page that always throws loses a tracker",
        healthy={"/": page(more=THROWS + WIDGET)},
        replies={"/": page(more=THROWS + WIDGET, policy=BLOCKS_OTHERS)},
    ),
    on_page(
        "another advertisement is refused",
        healthy={"/": page(more=WIDGET)},
        replies={"/": page(more="<script src=http://localhost:{other}/broken.js></script>")},
    ),
    on_page(
        "a tag throws",
        healthy={"/": page(more=WIDGET)},
        replies={"/": page(more="<script src=http://localhost:{other}/throws.js></script>")},
    ),
    on_page(
        "an article about an error",
        healthy={"/": Reply(body=LONG)},
        replies={"/": Reply(body=f"{LONG}<p>How to mend “There has been a critical error on this website”.</p>")},
    ),
    on_page(
        "a list of frameworks",
        replies={"/": page(words="<ul><li>vue.js<li>node.js<li>next.js<li>shop.com<li>shop.net</ul>")},
    ),
)
"""Websites that work before and after a change, and have no finding above a note."""
