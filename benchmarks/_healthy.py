"""Healthy but unusual websites for `benchmarks.diagnosis`."""

from benchmarks._failures import page, shell
from benchmarks._stage import Reply

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
    "it leads on by script": {"/": Reply(body='<script>location.replace("/welcome")</script>'), "/welcome": page()},
    "it leads on by refresh": {
        "/": Reply(body='<meta http-equiv=refresh content="0; url=/welcome">'),
        "/welcome": page(),
    },
    "nothing to say": {"/": Reply(status=204)},
    "a download": {
        "/": Reply(
            body="x" * 1000, kind="application/zip", headers={"Content-Disposition": "attachment; filename=a.zip"}
        )
    },
    "a feed": {
        "/": Reply(
            body="<?xml version='1.0'?><rss version='2.0'><channel><title>News</title></channel></rss>",
            kind="application/rss+xml",
        )
    },
    "a picture": {
        "/": Reply(
            body="<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle r='4'/></svg>",
            kind="image/svg+xml",
        )
    },
    "a third party that always fails": {"/": page(more='<script src="http://localhost:{other}/broken.js"></script>')},
    "telemetry without CORS": {
        "/": page(more='<script>fetch("http://localhost:{other}/items").catch(() => 0)</script>')
    },
    "a stream of events": {
        "/": page(more='<script>new EventSource("/events")</script>'),
        "/events": Reply(body="data: 1\n\n" * 30, kind="text/event-stream", drip_seconds=30),
    },
    "a dynamic picture": {"/": page(more='<script>new Image().src = "/pixel?" + Math.random()</script>')},
    "a frame of its own": {"/": page(more='<iframe src="/frame"></iframe>'), "/frame": Reply(body="<p>Frame")},
    "a sign-in form with a captcha": {
        "/": page(more="<form><input name=captcha><p>Please solve the captcha, are you human?</form>")
    },
    "a login page": {
        "/": Reply(status=302, headers={"Location": "/login"}),
        "/login": Reply(
            body="<title>Sign in</title><form>Too many requests? <input name=user><input type=password></form>"
        ),
    },
    "a beacon": {
        "/": page(more='<script>navigator.sendBeacon("/collect", "x")</script>'),
        "/collect": Reply(status=204),
    },
    "an empty page by intent": {"/": Reply(body="<!doctype html><title>x</title>")},
    "a post about what fails": {
        "/": page(words="How to fix “Error establishing a database connection”. " + "It is long. " * 100)
    },
    "an answer that always says no": {
        "/": page(more='<script>fetch("/api/me")</script>'),
        "/api/me": Reply(body='{"error": "not signed in"}', kind="application/json"),
    },
    "a feed of JSON that never ends": {
        "/": page(more='<script>fetch("/feed")</script>'),
        "/feed": Reply(body='{"last": 1}\n{"last": 2}\n', kind="application/json", drip_seconds=60),
    },
    "a WebSocket": {
        "/": page(more="<script>new WebSocket(`ws://${location.host}/live`)</script>"),
        "/live": Reply(socket_seconds=60),
    },
    "a WebSocket that is closed by intent": {
        "/": page(
            more="<script>const s = new WebSocket(`ws://${location.host}/live`); s.onopen = () => s.close()</script>"
        ),
        "/live": Reply(socket_seconds=60),
    },
    "a part of the page that leads elsewhere": {
        "/": page(more='<script>fetch("/part").then((a) => a.text()).then((t) => { app.innerHTML = t })</script>'),
        "/part": Reply(status=302, headers={"Location": "/login"}),
        "/login": Reply(body="<b>Sign in</b>"),
    },
    "a cookie that is refused": {"/": Reply(body=page().body, headers={"Set-Cookie": "a=1; SameSite=None"})},
    "news that change": {"/": page(words="{n} lamps left")},
    "a frame that is always refused": {
        "/": page(more='<iframe src="/checkout"></iframe>'),
        "/checkout": Reply(body="<p>Checkout", headers={"X-Frame-Options": "DENY"}),
    },
    "a job that takes long": {
        "/": page(more="<script>for (const n of '123') fetch('/job')</script>"),
        "/job": Reply(status=202, body="{}", kind="application/json"),
    },
    "events that begin with the first": {
        "/": page(more='<script>new EventSource("/events")</script>'),
        "/events": Reply(wait_seconds=60),
    },
    "a part of the page that is always empty": {
        "/": page(more='<script>fetch("/part").then((a) => a.text())</script>'),
        "/part": Reply(),
    },
    "an icon that the policy blocks": {
        "/": page(more='<link rel=icon href="data:,">', policy="default-src 'self' 'unsafe-inline'")
    },
    "samples of templates": {"/": page(words="<code>{{ x }}</code> and <pre>{% for x in y %}</pre>")},
    "a service worker that keeps what it sees": {
        "/": page(more='<script>navigator.serviceWorker.register("/sw.js")</script>'),
        "/sw.js": Reply(
            body="oninstall = () => skipWaiting(); onactivate = (e) => e.waitUntil(clients.claim());"
            "onfetch = (e) => e.respondWith(caches.match(e.request).then((hit) => hit || fetch(e.request)))",
            kind="text/javascript",
        ),
    },
}
