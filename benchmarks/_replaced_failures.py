"""Failures that replace the page by words of a server, hosting or program, for `benchmarks.diagnosis`."""

from benchmarks._failures import Failure, on_page, page
from benchmarks._stage import Reply
from core.diagnosis.kinds import Kind

JSON = "application/json"
HEALTH = '{"status": "healthy", "checks": {"cache": "ok", "database": "ok"}}'
PARKED = "<html lang=de><title>shop.example</title><h1>Hier entsteht eine neue Internetpräsenz</h1>"
SUSPENDED = "<html lang=pl><title>Konto zawieszone</title><h1>Konto zostało zawieszone</h1>"
SETUP = "<title>WordPress &rsaquo; Installation</title><form><input name=title><input type=password></form>"
REPLACED_FAILURES: tuple[Failure, ...] = (
    on_page("parked in German", Kind.CONTENT_CHANGED, replies={"/": Reply(body=PARKED)}),
    on_page(
        "suspended in Polish, and never had files",
        Kind.CONTENT_CHANGED,
        healthy={"/": Reply(body="<title>Shop</title><h1>Shop</h1><p>In stock")},
        replies={"/": Reply(body=SUSPENDED)},
    ),
    on_page(
        "maintenance in Russian",
        Kind.ORIGIN_ERROR,
        replies={"/": Reply(body="<title>Shop</title><h1>Ведутся технические работы</h1>")},
    ),
    on_page(
        "error of WordPress in German",
        Kind.ORIGIN_ERROR,
        replies={"/": Reply(body="<title>WordPress &rsaquo; Fehler</title><p>Es gab einen kritischen Fehler")},
    ),
    on_page(
        "installer before the page",
        Kind.CONTENT_CHANGED,
        replies={
            "/": Reply(status=302, headers={"Location": "/wp-admin/install.php"}),
            "/wp-admin/install.php": Reply(body=SETUP),
        },
    ),
    on_page("disk is full, 200", Kind.ORIGIN_ERROR, replies={"/": Reply(body="write: No space left on device")}),
    on_page(
        "health response reports its database",
        Kind.ORIGIN_ERROR,
        healthy={"/": Reply(body=HEALTH, kind=JSON)},
        replies={"/": Reply(body='{"status": "unhealthy", "checks": {"database": "no lease"}}', kind=JSON)},
    ),
    on_page("staging instead of the page", Kind.CONTENT_CHANGED, replies={"/": Reply(body="<title>[STAGING] Shop")}),
    on_page(
        "API tells of a code in its answer",
        Kind.API_FAILED,
        replies={"/api/items": Reply(body='{"code": 500, "msg": "系统异常", "data": null}', kind=JSON)},
    ),
)
ANNOUNCED = on_page(
    "maintenance is announced",
    healthy={"/": page(more="<p>Contact")},
    replies={"/": page(more="<p>Contact<p>We will be down for maintenance on Sunday.")},
)
"""A change that harms nobody."""
