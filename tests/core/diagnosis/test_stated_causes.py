"""What error responses say about their own cause."""

from time import process_time

import pytest

from core.diagnosis.stated_causes import own_words, stated_cause, telling_words

TRACE = """<h1>Internal Server Error</h1><pre>Traceback (most recent call last):
  File "/srv/app/views.py", line 30, in index
    cache.write(page)
{}</pre>"""
JAVA = """java.lang.IllegalStateException: no page
\tat com.shop.Home.index(Home.java:42)
Caused by: java.lang.NullPointerException: price is null
\tat com.shop.Price.value(Price.java:7)"""


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (TRACE.format("OSError: [Errno 28] No space left on device"), "its disk is full (“OSError: [Errno 28]"),
        ("<pre>java.lang.OutOfMemoryError: Java heap space</pre>", "it has run out of memory (“java.lang.OutOf"),
        ("ConnectionError: FATAL: sorry, too many clients already", "its database has no free connection (“"),
        ('<p>relation "shop_price" does not exist', "its database lacks a table or column"),
        ("SQLSTATE[42S22]: Unknown column 'price' in 'field list'", "its database lacks a table or column"),
        ("cannot execute UPDATE in a read-only transaction", "its database accepts no changes now"),
        ("sqlite3.OperationalError: database is locked", "its database is locked"),
        ("Access denied for user 'shop'@'10.0.0.2' (using password: YES)", "its database refuses the sign-in"),
        ("<h1>Error establishing a database connection</h1>", "it cannot reach its database"),
        ("Error: getaddrinfo ENOTFOUND cache.internal", "it cannot resolve the name of a service that it needs"),
        ("Error: connect ECONNREFUSED 10.0.0.7:6379", "a service that it needs does not accept connections"),
        ("PKIX path building failed: unable to find valid path", "it does not trust the certificate of a service"),
        ("Maximum execution time of 30 seconds exceeded", "something that it needs takes too long"),
        ("Error: Cannot find module 'express'", "a part of its program is missing"),
        ("KeyError: 'DATABASE_URL'", "a setting is missing or wrong"),
        ("open(/srv/cache): Permission denied", "it may not read or write a file that it needs"),
        ('could not open file "base/1": Permission denied', "it may not read or write a file that it needs"),
        ("open /srv/cache: permission denied", "it may not read or write a file that it needs"),
        ("PermissionError: [Errno 13] Permission denied: '/srv'", "it may not read or write a file that it needs"),
        ("FileNotFoundException: /srv/a (Permission denied)", "it may not read or write a file that it needs"),
        ("fopen(/srv/a): Failed to open stream: Permission denied", "it may not read or write a file that it needs"),
        ('open() "/srv/a" failed (13: Permission denied)', "it may not read or write a file that it needs"),
        ("ERROR: permission denied for table users", "its database user lacks a permission"),
        ("SELECT command denied to user 'shop'@'10.0.0.2' for table 'a'", "its database user lacks a permission"),
        ("<title>DisallowedHost at /</title>", "it does not accept this host name"),
        ("<Code>RequestTimeTooSkewed</Code>", "a clock is wrong"),
        ("<h1>The plain HTTP request was sent to HTTPS port</h1>", "the port expects https"),
        ("<p>Request Header Or Cookie Too Large", "the headers of the request, usually its cookies, are too large"),
        ("404 page not found\n", "no route of its program or proxy matches this address (“404 page not found”)"),
        ('{"message":"no Route matched with those values"}', "no route of its program or proxy matches"),
        ("File not found.\n", "its server finds no file or script for this address (“File not found”)"),
        (
            "<h2>Service Unavailable</h2><p>HTTP Error 503. The service is unavailable.",
            "the application pool of IIS is",
        ),
        ("error code: 1033", "the tunnel to the origin is not connected"),
        ("error code: 1016", "the name of the origin does not resolve"),
        ("<h1>Error 403 - This web app is stopped.</h1>", "the hosting has stopped or suspended this website"),
        ("<h1>This Account has been suspended.</h1>", "the hosting has stopped or suspended this website"),
        ("Payment required\n\nDEPLOYMENT_DISABLED", "the hosting has stopped or suspended this website"),
        ("blocked by: [disk usage exceeded flood-stage watermark]", "its disk is full"),
        ("default backend - 404", "the proxy or hosting in front has no website for this address"),
        ("<p>We are performing scheduled maintenance.", "it is in maintenance (“We are performing"),
        ("This site is temporarily disabled due to scheduled maintenance", "it is in maintenance"),
        (TRACE.format("shop.errors.PriceError: no price"), "its program fails with “shop.errors.PriceError: no price”"),
        ("<h1>PriceError at /</h1><pre>no price</pre>", "its program fails with “PriceError: no price”"),
        (
            "<title>PriceError at /</title><h1>PriceError at /</h1><h2>no price</h2>",
            "its program fails with “PriceError: n",
        ),
        ("<h1>Shop::PriceError in PricesController#show</h1><h2>no price</h2>", "its program fails with “Shop::PriceE"),
        ("<pre>column shop_bread.flour does not exist", "its database lacks a table or column"),
        (JAVA, "its program fails with “java.lang.NullPointerException: price is null”"),
        ("thread 'main' panicked at src/main.rs:4", "its program fails with “panicked at src/main.rs:4”"),
        ('{"status": 500, "error": "Internal Server Error", "message": "connect ECONNREFUSED"}', "a service that it"),
        ('{"error": "Redis: connect ECONNREFUSED 10.0.0.7:6379"}', "a service that it needs does not accept"),
    ],
)
def test_the_stated_cause_is_found_and_quoted(text: str, cause: str) -> None:
    assert (stated_cause(text) or "").startswith(cause)


@pytest.mark.parametrize(
    "text",
    [
        *("", "<h1>500 Internal Server Error</h1>", "<h1>Application Error</h1>"),
        *("<h1>403 Permission denied</h1>", "/admin: permission denied", "Too many connections from your IP address"),
        *('{"message": "Project not found"}', "Application not found"),
        *(
            "The requested file was not found.",
            "Your account has been suspended",
            '{"error": "Account disabled"}',
            "<h1>Page not found</h1>",
        ),
        *('{"detail": "Not Found"}', "<script>throw new TypeError('x')</script>", "<h1>Error: not found</h1>"),
        "<h1>Not here</h1>Read instead: <a href=/1>No space left on device</a> <footer>Permission denied</footer>",
        *("ERROR 1016 (HY000): Can't open file: 'prices.ibd'", "Error 1033: Incorrect information in file"),
        "<p>Tell us more. " * 200 + "<a>Scheduled maintenance</a>",
        *("JavaScript on this site is disabled", "Comments on this website disabled"),
        "ERR_NGROK_727: the limit of requests is exceeded",
    ],
)
def test_a_response_without_a_cause_states_none(text: str) -> None:
    assert stated_cause(text) is None


def test_a_quote_of_a_long_line_contains_the_cause() -> None:
    cause = stated_cause("x " * 500 + "No space left on device" + " y" * 500)

    assert cause is not None
    assert "No space left on device" in cause
    assert len(cause) < 150


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("Cannot GET /", 404, "Cannot GET /"),
        ("<h1>503 Service Unavailable</h1>No server is available.", 503, "No server is available"),
        ("<title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><hr>nginx/1.24.0", 502, None),
        ("<h1>504 Gateway Time-out</h1>", 504, None),
        ('{"detail": "Not Found"}', 404, None),
        ('{"message": "no Plan for this account"}', 403, "no Plan for this account"),
        ("<nav>Home Contact</nav><h1>This page is not here</h1>", 404, None),
        ("a long page " * 100, 404, None),
        ('{"timestamp": "2026-11-30T10:00:00Z", "status": 500, "path": "/api/orders/list"}', 500, None),
        ('{"type": "https://shop.example/errors/out-of-stock-now", "title": "Internal Server Error"}', 500, None),
        ('{"type": "about:blank", "detail": "the cart is closed"}', 500, "the cart is closed"),
        ("Trace ID: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 500, None),
        ("<p>Request ID: 7f3a-bc-de-fa<p>Reference ID: 18.2d", 500, None),
        ('{"status": "error", "code": 404, "message": "Application not found"}', 404, "404: Application not found"),
        ('{"error": {"type": "search_failure", "reason": "all shards failed"}}', 503, "all shards failed"),
        ('{"status": "DOWN", "components": {"disk": {"status": "UP"}, "db": {"status": "DOWN"}}}', 503, "db: DOWN"),
        ("<p>You need to <a href=/login>sign in to the network</a>.", 511, "You need to sign in to the network"),
        ("the shelf 7 of /srv/items is empty", 500, "the shelf 7 of /srv/items is empty"),
    ],
)
def test_only_a_bare_response_is_quoted_and_only_beyond_its_status(text: str, status: int, words: str | None) -> None:
    assert own_words(text, status) == words


@pytest.mark.parametrize(
    "text", ["A::" * 6_000, "A." * 9_000, "a:" * 9_000, "<a " * 6_000, " XError x" * 2_000, "open(" * 9_000]
)
def test_a_hostile_response_is_read_quickly(text: str) -> None:
    began = process_time()

    stated_cause(text)

    assert process_time() - began < 2.0  # seconds; a quadratic search takes ten times as long


def test_only_the_beginning_of_a_long_response_is_searched_for_telling_words() -> None:
    cause = "No space left on device"

    assert telling_words(f"<p>{cause}" + "<p>more text" * 5_000, 500) == cause
    assert telling_words("more text " * 5_000 + cause, 500) is None
