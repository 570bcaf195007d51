"""Failures of a page that only the browser sees, for `benchmarks.diagnosis`."""

from benchmarks._failures import SCRIPT, Failure, on_page, page, shell
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JS = "text/javascript"
NGINX_WELCOME = "<!doctype html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>It is installed.</p>"
START = "<!doctype html><title>Shop</title><h1>Shop</h1><div id=app></div>"
MODULE = f'{START}<script type=module src="/app.3f9c21ab.js"></script>'
OTHER_HASH = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # the hash of empty content
INTEGRITY = f'{START}<script integrity="{OTHER_HASH}" src="/app.3f9c21ab.js"></script>'
DRAWN = "<script>fetch('/api/items').then((a) => a.json()).then((i) => { app.textContent = i.join() })</script>"
RELOAD = "<!doctype html><title>Shop</title><h1>Shop</h1><script>location.reload()</script>"


def _third(name: str) -> dict[str, Reply]:
    return {"/": page(more=f'<script src="http://localhost:{{other}}/{name}"></script>')}


BATCH = '<script>fetch("/graphql", {method: "POST", body: "[]"})</script>'
STREAM = '<script>new EventSource("/events")</script>'
REFUSED_WIDGET = '<script src="http://localhost:9/widget.js"></script>'
BROKEN_FRAME = '<iframe src="http://localhost:{other}/broken.js"></iframe>'
PAGE_FAILURES: tuple[Failure, ...] = (
    on_page("script fails", Kind.SCRIPT_FAILED, replies={"/app.3f9c21ab.js": Reply(status=500)}),
    on_page("script is cut off", Kind.SCRIPT_FAILED, replies={"/app.3f9c21ab.js": Reply(body=SCRIPT, is_cut=True)}),
    on_page(
        "a page comes instead of the script",
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": Reply(body="<!doctype html><title>Shop</title>")},
    ),
    on_page("script never comes", Kind.SCRIPT_FAILED, replies={"/app.3f9c21ab.js": Reply(wait_seconds=60)}),
    on_page("third party is refused", Kind.THIRD_PARTY_FAILED, replies={"/": page(more=REFUSED_WIDGET)}),
    on_page("a frame of a third party fails", Kind.THIRD_PARTY_FAILED, replies={"/": page(more=BROKEN_FRAME)}),
    on_page("API call fails", Kind.API_FAILED, replies={"/api/items": Reply(status=500, body="{}")}),
    on_page("API call never answers", Kind.API_FAILED, replies={"/api/items": Reply(wait_seconds=60)}),
    on_page("style sheet is gone", Kind.STYLESHEET_FAILED, replies={"/style.css": Reply(status=404)}),
    on_page(
        "third party fails",
        Kind.THIRD_PARTY_FAILED,
        healthy=_third("widget.js"),
        replies=_third("broken.js"),
    ),
    on_page(
        "blank page",
        Kind.BLANK_PAGE,
        healthy={"/": shell()},
        replies={
            "/": shell(),
            "/app.3f9c21ab.js": Reply(body="undefinedFunction();", kind="text/javascript"),
        },
    ),
    on_page(
        "script and API fail",
        Kind.SCRIPT_FAILED,
        Kind.API_FAILED,
        replies={
            "/": page(more='<script>fetch("/api/items")</script>'),
            "/app.3f9c21ab.js": Reply(status=404),
            "/api/items": Reply(status=503),
        },
    ),
    on_page("another page altogether", Kind.CONTENT_CHANGED, replies={"/": Reply(body=NGINX_WELCOME)}),
    on_page(
        "served as a download",
        Kind.CONTENT_CHANGED,
        Kind.BROKEN_ANSWER,
        replies={"/": Reply(body=page().body, kind="application/octet-stream")},
    ),
    on_page("served as text", Kind.CONTENT_CHANGED, replies={"/": Reply(body=page().body, kind="text/plain")}),
    on_page("empty document", Kind.BROKEN_ANSWER, replies={"/": Reply(body="")}),
    on_page(
        "page is hidden", Kind.BLANK_PAGE, replies={"/style.css": Reply(body="body { display: none }", kind="text/css")}
    ),
    on_page(
        "shell whose script is gone",
        Kind.SCRIPT_FAILED,
        Kind.BLANK_PAGE,
        healthy={"/": shell()},
        replies={"/": shell(), "/app.3f9c21ab.js": Reply(status=404)},
    ),
    on_page(
        "shell whose API fails",
        Kind.API_FAILED,
        Kind.BLANK_PAGE,
        healthy={"/": Reply(body=f"<!doctype html><title>Shop</title><div id=app></div>{DRAWN}")},
        replies={"/api/items": Reply(status=500, body="oops")},
    ),
    on_page(
        "API answers a page",
        Kind.API_FAILED,
        Kind.PAGE_ERROR,
        replies={"/api/items": Reply(body="<!doctype html><title>Login</title>")},
    ),
    on_page(
        "API answers broken JSON",
        Kind.API_FAILED,
        Kind.PAGE_ERROR,
        replies={"/api/items": Reply(body="{", kind="application/json")},
    ),
    on_page("API wants to know who asks", Kind.API_FAILED, replies={"/api/items": Reply(status=401, body="{}")}),
    on_page(
        "one answer of a batch tells of an error",
        Kind.API_FAILED,
        healthy={"/": page(more=BATCH), "/graphql": Reply(body='[{"data": 1}, {"data": 2}]', kind="application/json")},
        replies={
            "/": page(more=BATCH),
            "/graphql": Reply(body='[{"data": 1}, {"errors": [{"message": "lost"}]}]', kind="application/json"),
        },
    ),
    on_page(
        "a page comes instead of a stream of events",
        Kind.API_FAILED,
        healthy={"/": page(more=STREAM), "/events": Reply(body="data: 1\n\n", kind="text/event-stream")},
        replies={"/": page(more=STREAM), "/events": Reply(body="<!doctype html><title>Shop</title>")},
    ),
    on_page("API is forbidden now", Kind.API_FAILED, replies={"/api/items": Reply(status=403, body="{}")}),
    on_page("API limit is used up", Kind.API_FAILED, Kind.QUOTA, replies={"/api/items": Reply(status=429, body="{}")}),
    on_page("API closes", Kind.API_FAILED, replies={"/api/items": Reply(is_cut=True)}),
    on_page(
        "API is slow",
        Kind.API_FAILED,
        Kind.SLOW_FIRST_BYTE,
        replies={"/api/items": Reply(body="[]", kind="application/json", wait_seconds=3)},
    ),
    on_page(
        "script is slow",
        Kind.SCRIPT_FAILED,
        Kind.SLOW_FIRST_BYTE,
        replies={"/app.3f9c21ab.js": Reply(body=SCRIPT, kind=JS, wait_seconds=3)},
    ),
    on_page(
        "script has a syntax error",
        Kind.PAGE_ERROR,
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": Reply(body=SCRIPT[:60], kind=JS)},
    ),
    on_page("script throws", Kind.PAGE_ERROR, replies={"/app.3f9c21ab.js": Reply(body="shop.start();", kind=JS)}),
    on_page(
        "module is plain text",
        Kind.SCRIPT_FAILED,
        healthy={"/": Reply(body=MODULE)},
        replies={"/app.3f9c21ab.js": Reply(body=SCRIPT, kind="text/plain")},
    ),
    on_page(
        "module is HTML",
        Kind.SCRIPT_FAILED,
        healthy={"/": Reply(body=MODULE)},
        replies={"/app.3f9c21ab.js": Reply(body="<!doctype html>")},
    ),
    on_page(
        "nosniff and no script",
        Kind.SCRIPT_FAILED,
        replies={
            "/app.3f9c21ab.js": Reply(body=SCRIPT, kind="text/plain", headers={"X-Content-Type-Options": "nosniff"})
        },
    ),
    on_page(
        "style sheet is plain text",
        Kind.STYLESHEET_FAILED,
        replies={"/style.css": Reply(body="body { color: red }", kind="text/plain")},
    ),
    on_page("integrity does not match", Kind.SCRIPT_FAILED, replies={"/": Reply(body=INTEGRITY)}),
    on_page(
        "third party does not resolve",
        Kind.THIRD_PARTY_FAILED,
        replies={"/": page(more='<script src="http://cdn.invalid/w.js"></script>')},
    ),
    on_page(
        "third party never answers",
        Kind.THIRD_PARTY_FAILED,
        healthy={"/": page(more='<script src="http://localhost:{other}/widget.js"></script>')},
        replies={"/": page(more='<script src="http://localhost:{other}/never.js"></script>')},
    ),
    on_page(
        "other origin's API says 500 without CORS",
        Kind.THIRD_PARTY_FAILED,
        Kind.API_FAILED,
        healthy={"/": page(more='<script>fetch("http://localhost:{other}/open")</script>')},
        replies={"/": page(more='<script>fetch("http://localhost:{other}/broken.js")</script>')},
    ),
    on_page(
        "a script leads on to an excuse",
        Kind.CONTENT_CHANGED,
        replies={"/": page(more="<script>location.replace('/sorry')</script>"), "/sorry": Reply(body="<h1>Sorry")},
    ),
    on_page("reloads for ever", Kind.REDIRECT_LOOP, replies={"/": Reply(body=RELOAD)}),
    on_page(
        "refreshes for ever",
        Kind.REDIRECT_LOOP,
        replies={
            "/": Reply(body='<meta http-equiv=refresh content="0; url=/login"><h1>Shop</h1>'),
            "/login": Reply(body='<meta http-equiv=refresh content="0; url=/"><h1>Login</h1>'),
        },
    ),
    on_page(
        "script hangs",
        Kind.PAGE_ERROR,
        Kind.BLANK_PAGE,
        Kind.SCRIPT_FAILED,
        replies={"/app.3f9c21ab.js": Reply(body="for (;;) {}", kind=JS)},
    ),
    on_page(
        "WebSocket is refused",
        Kind.API_FAILED,
        replies={"/": page(more="<script>new WebSocket(`ws://${location.host}/live`)</script>")},
    ),
    on_page(
        "bot wall in the browser with 200",
        Kind.BOT_WALL,
        replies={
            "/": Reply(
                body="<title>Just a moment...</title><h1>Checking your browser</h1><p>Please complete the captcha.</p>"
            )
        },
    ),
    on_page("429 in the browser", Kind.QUOTA, replies={"/": Reply(status=429, body="Too many requests")}),
    on_page(
        "first byte is slow in the browser",
        Kind.SLOW_FIRST_BYTE,
        replies={"/": Reply(body=page().body, wait_seconds=3)},
    ),
    on_page(
        "script gone and slow",
        Kind.SCRIPT_FAILED,
        Kind.SLOW_FIRST_BYTE,
        replies={"/": Reply(body=page().body, wait_seconds=2.5), "/app.3f9c21ab.js": Reply(status=404)},
    ),
)
