"""Failures caused by browser policies or a deploy, for `benchmarks.diagnosis`."""

from benchmarks._failures import SCRIPT, Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JS = "text/javascript"

POLICY_FAILURES: tuple[Failure, ...] = (
    on_page(
        "deploy without its assets",
        Kind.DEPLOY,
        replies={"/": page(script="/app.b71e40dd.js"), "/app.3f9c21ab.js": Reply(status=404)},
    ),
    on_page(
        "deploy with a broken script",
        Kind.DEPLOY,
        replies={
            "/": page(script="/app.b71e40dd.js"),
            "/app.b71e40dd.js": Reply(body="let shop = cart.items;", kind="text/javascript"),
        },
    ),
    on_page(
        "deploy with another version in its names",
        Kind.DEPLOY,
        healthy={"/": page(script="/app.v1.js"), "/app.v1.js": Reply(body=SCRIPT, kind="text/javascript")},
        replies={"/": page(script="/app.v2.js"), "/app.v1.js": Reply(status=404)},
    ),
    on_page(
        "CORS",
        Kind.CORS,
        replies={"/app.3f9c21ab.js": Reply(body='fetch("http://localhost:{other}/items");', kind="text/javascript")},
    ),
    on_page(
        "CSP",
        Kind.CSP,
        replies={"/": Reply(body=page().body, headers={"Content-Security-Policy": "script-src 'none'"})},
    ),
    on_page(
        "CSP forbids the API",
        Kind.CSP,
        replies={"/": page(policy="connect-src https:")},
    ),
    on_page(
        "mixed content",
        Kind.MIXED_CONTENT,
        way="https page",
        replies={"/": page(more='<script src="http://cdn.shop.test/widget.js"></script>')},
    ),
    on_page(
        "third party API fails and is not felt",
        Kind.THIRD_PARTY_FAILED,
        Kind.API_FAILED,
        Kind.CORS,
        replies={"/": page(more='<script>fetch("http://localhost:{other}/broken.js").catch(() => 0)</script>')},
    ),
    on_page(
        "preflight is refused",
        Kind.CORS,
        replies={
            "/": page(
                more='<script>fetch("http://localhost:{other}/open", {method: "PUT", headers: {"X-A": "1"}})</script>'
            )
        },
    ),
    on_page(
        "CORS module script",
        Kind.CORS,
        replies={"/": page(more='<script type=module src="http://localhost:{other}/widget.js"></script>')},
    ),
    on_page(
        "CSP inline",
        Kind.CSP,
        healthy={"/": page(more="<script>window.a = 1</script>")},
        replies={
            "/": Reply(
                body=page(more="<script>window.a = 1</script>").body,
                headers={"Content-Security-Policy": "script-src 'self'"},
            )
        },
    ),
    on_page(
        "CSP eval",
        Kind.CSP,
        healthy={"/": page(more="<script>eval('1')</script>")},
        replies={
            "/": Reply(
                body=page(more="<script>eval('1')</script>").body,
                headers={"Content-Security-Policy": "script-src 'self' 'unsafe-inline'"},
            )
        },
    ),
    on_page(
        "CSP wants trusted types",
        Kind.CSP,
        healthy={"/": page(more="<script>app.innerHTML = '<b>Shop</b>'</script>")},
        replies={
            "/": Reply(
                body=page(more="<script>app.innerHTML = '<b>Shop</b>'</script>").body,
                headers={"Content-Security-Policy": "require-trusted-types-for 'script'"},
            )
        },
    ),
    on_page(
        "CSP styles",
        Kind.CSP,
        replies={"/": Reply(body=page().body, headers={"Content-Security-Policy": "style-src 'none'"})},
    ),
    on_page(
        "CSP third party",
        Kind.CSP,
        healthy={"/": page(more='<script src="http://localhost:{other}/widget.js"></script>')},
        replies={
            "/": Reply(
                body=page(more='<script src="http://localhost:{other}/widget.js"></script>').body,
                headers={"Content-Security-Policy": "script-src 'self'"},
            )
        },
    ),
    on_page(
        "mixed fetch",
        Kind.MIXED_CONTENT,
        way="https page",
        replies={"/": page(more='<script>fetch("http://cdn.shop.test/items")</script>')},
    ),
    on_page(
        "mixed style",
        Kind.MIXED_CONTENT,
        way="https page",
        replies={"/": page(more='<link rel=stylesheet href="http://cdn.shop.test/w.css">')},
    ),
    on_page(
        "mixed frame",
        Kind.MIXED_CONTENT,
        way="https page",
        replies={"/": page(more='<iframe src="http://cdn.shop.test/w"></iframe>')},
    ),
    on_page(
        "deploy by query",
        Kind.DEPLOY,
        healthy={"/": page(script="/app.js?v=1.4.1"), "/app.js": Reply(body=SCRIPT, kind=JS)},
        replies={"/": page(script="/app.js?v=1.4.2"), "/app.js": Reply(body="shop.start()", kind=JS)},
    ),
    on_page(
        "deploy by folder",
        Kind.DEPLOY,
        healthy={"/": page(script="/static/1.4.1/app.js"), "/static/1.4.1/app.js": Reply(body=SCRIPT, kind=JS)},
        replies={"/": page(script="/static/1.4.2/app.js")},
    ),
    on_page(
        "deploy by named folder",
        Kind.DEPLOY,
        healthy={"/": page(script="/build-alpha/app.js"), "/build-alpha/app.js": Reply(body=SCRIPT, kind=JS)},
        replies={"/": page(script="/build-beta/app.js")},
    ),
    on_page(
        "deploy of Vite",
        Kind.DEPLOY,
        healthy={
            "/": page(script="/assets/index-BxKqWvTz.js"),
            "/assets/index-BxKqWvTz.js": Reply(body=SCRIPT, kind=JS),
        },
        replies={
            "/": page(script="/assets/index-CqLmNoPq.js"),
            "/assets/index-CqLmNoPq.js": Reply(body="<!doctype html>"),
        },
    ),
    on_page(
        "deploy loses a chunk",
        Kind.DEPLOY,
        Kind.SCRIPT_FAILED,
        healthy={
            "/app.3f9c21ab.js": Reply(body=SCRIPT + "import('/cart.11aa22bb.js')", kind=JS),
            "/cart.11aa22bb.js": Reply(body="1", kind=JS),
        },
        replies={
            "/": page(script="/app.b71e40dd.js"),
            "/app.b71e40dd.js": Reply(body=SCRIPT + "import('/cart.99ff00ee.js')", kind=JS),
        },
    ),
    on_page(
        "deploy whose API fails",
        Kind.DEPLOY,
        Kind.API_FAILED,
        replies={
            "/": page(script="/app.b71e40dd.js"),
            "/app.b71e40dd.js": Reply(body=SCRIPT.replace('items"', 'articles"'), kind=JS),
        },
    ),
    on_page(
        "frame is forbidden",
        Kind.THIRD_PARTY_FAILED,
        Kind.CSP,
        replies={"/": page(more='<iframe src="http://localhost:{other}/framed"></iframe>')},
    ),
)
