"""Pages with a good status whose text shows a failure."""

from typing import Any

import pytest

from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.page_text import page_text
from tests.core.diagnosis.facts import evidence, exchange, session

SHOP = "<!doctype html><title>Shop</title><h1>Shop</h1><p>In stock</p>"
LONG = f"<h1>Shop</h1><p>{'Lamps and desks. ' * 100}</p>"


def found(text: str, *, good: str | None = None, **overrides: Any) -> list[Finding]:
    return list(
        page_text(
            evidence(
                session=session(text=text, **overrides),
                good_session=session(text=good, title="Shop") if good is not None else None,
            )
        )
    )


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("<p>[an error occurred while processing this directive]", Kind.ORIGIN_ERROR, "“[an error occurred while"),
        ("<h1>Error establishing a database connection</h1>", Kind.ORIGIN_ERROR, "reach its database: “Error"),
        (
            "<b>Fatal error</b>:  Uncaught TypeError in /a.php:3",
            Kind.ORIGIN_ERROR,
            "application error: “Fatal error: Un",
        ),
        ("<pre>Traceback (most recent call last):\n  File</pre>", Kind.ORIGIN_ERROR, "“Traceback (most recent call"),
        (
            "<h1>Shop</h1><b>Fatal error</b>: Uncaught PDOException: SQLSTATE[HY000] [1040] Too many connections in a",
            Kind.ORIGIN_ERROR,
            "application error: “Fatal error: Uncaught PDOException: SQLSTATE[HY000] [1040] Too many connections",
        ),
        ("<h1>We&rsquo;ll be back soon!</h1>", Kind.ORIGIN_ERROR, "down for maintenance: “We’ll be back soon”"),
        ("<title>Wartungsarbeiten</title>" + LONG, Kind.ORIGIN_ERROR, "down for maintenance"),
        ("<p>This domain is for sale", Kind.CONTENT_CHANGED, "for sale"),
        ("<b>Warning</b>: Undefined variable $a in <b>/srv/a.php</b> on line 3", Kind.ORIGIN_ERROR, "“Warning: Und"),
        ("<h1>You are now in line</h1>", Kind.QUOTA, "puts visitors into a queue"),
        ("<h1>Not available in your country</h1>", Kind.CONTENT_CHANGED, "not available in this machine"),
        ("<h1>We aren't available in your region.</h1>", Kind.CONTENT_CHANGED, "not available in this machine"),
        ("<h1>404</h1>", Kind.CONTENT_CHANGED, "does not exist: “404”"),
        ("<h1>Page not found</h1>", Kind.CONTENT_CHANGED, "the page does not exist"),
    ],
    ids=[
        *(
            "include",
            "database",
            "php",
            "python",
            "php and its database",
            "maintenance",
            "title",
            "parked",
            "php warning",
            "queue",
            "country",
            "region",
        ),
        *("404", "not found"),
    ],
)
def test_words_of_a_failure_are_the_cause(text: str, kind: Kind, words: str) -> None:
    (first,) = found(text)
    (sure,) = found(text, good=SHOP)

    assert (first.kind, first.confidence, sure.confidence) == (kind, Confidence.LIKELY, Confidence.HIGH)
    assert words in first.sentence


@pytest.mark.parametrize(
    "text",
    [
        *("<h1>Welcome to nginx!</h1>", "<title>Apache2 Debian Default Page: It works"),
        *("<h1>Web Server's Default Page</h1>", "<p>If you see this page, the nginx web server is installed."),
        "<title>Tomcat</title><p>If you're seeing this, you've successfully installed Tomcat.",
    ],
)
def test_a_servers_default_page_is_a_note_without_a_good_session(text: str) -> None:
    (first,) = found(text)
    (sure,) = found(text, good=SHOP)

    assert (first.kind, first.confidence, sure.confidence) == (Kind.CONTENT_CHANGED, Confidence.NOTE, Confidence.HIGH)
    assert "web server's default page" in sure.sentence


def test_a_list_of_files_is_a_note_without_a_good_session() -> None:
    (first,) = found("<title>Index of /shop/</title>")
    (sure,) = found("<title>Index of /shop/</title>", good=SHOP)

    assert (first.confidence, sure.confidence) == (Confidence.NOTE, Confidence.HIGH)
    assert "the page is a list of files" in sure.sentence


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"<h1>Fixing “Error establishing a database connection”</h1>{LONG}", "How to mend WordPress"),
        (LONG, "503 Service Unavailable - HTTP | Docs"),
        (f"<h1>Welcome to nginx! And how to configure it</h1>{LONG}", "nginx"),
    ],
    ids=["blog", "reference", "tutorial"],
)
def test_a_page_about_such_failures_is_normal(text: str, title: str) -> None:
    assert found(text, title=title) == []


def test_such_words_inside_a_small_page_are_a_note_without_a_good_session() -> None:
    (one,) = found("<h1>Acme status</h1><p>All is well. Scheduled maintenance: none.", title="Acme status")

    assert one.confidence is Confidence.NOTE


def test_a_short_runbook_that_names_an_error_is_a_note_without_a_good_session() -> None:
    (one,) = found("<h1>Runbook</h1><p>If the log says <code>OperationalError</code>, restart the database.")
    (trace,) = found("<h1>Shop</h1><pre>Traceback (most recent call last): OperationalError</pre>")

    assert (one.confidence, trace.confidence) == (Confidence.NOTE, Confidence.LIKELY)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "Przerwa techniczna",
            "Ведутся технические работы",
            "Сайт временно недоступен",
            "网站维护中",
            "점검 중입니다",
        ),
        *("Estamos en mantenimiento", "Site en maintenance", "Wartungsarbeiten"),
    ],
)
def test_maintenance_is_recognised_in_other_languages(words: str) -> None:
    (one,) = found(f"<h1>{words}</h1>", good=SHOP)

    assert "is down for maintenance" in one.sentence


def test_maintenance_that_the_usual_page_announces_is_a_note() -> None:
    page = f"{SHOP}<p>Contact</p>"

    (announced,) = found(f"{page}<p>We will be down for maintenance on Sunday.", good=page)
    (replaced,) = found("<title>Shop</title><p>We are down for maintenance.", good=page)

    assert (announced.confidence, replaced.confidence) == (Confidence.NOTE, Confidence.HIGH)


@pytest.mark.parametrize(
    "words",
    ["License expired? Renew it here", "Ремонт и технические работы под ключ", "メンテナンス用品", "Przerwa kawowa"],
)
def test_such_words_as_a_trade_are_normal(words: str) -> None:
    assert found(f"<h1>{words}</h1>") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Could not open /srv/a: No space left on device", "reports an error: its disk is full (“"),
        ("Call to undefined function imagecreate()", "reports an error: a part of its program is missing"),
        ('{"status": "unhealthy", "checks": {"database": "refused"}}', "reports an error: it says “database: refused”"),
        ('{"error": "no price"}', "reports an error: it says “no price”"),
    ],
)
def test_a_cause_that_a_small_page_newly_states_is_the_cause(text: str, words: str) -> None:
    (one,) = found(text, good=SHOP)

    assert (one.kind, one.confidence, words in one.sentence) == (Kind.ORIGIN_ERROR, Confidence.HIGH, True)
    assert found(text) == found(text, good=text) == []
    assert found(f"{text}<p>{LONG}", good=LONG) == []


def test_the_title_of_a_wordpress_error_counts_in_every_language() -> None:
    (one,) = found("<title>WordPress &rsaquo; Fehler</title><p>Es gab einen kritischen Fehler", good=SHOP)

    assert "shows an application error: “WordPress › Fehler" in one.sentence


@pytest.mark.parametrize("title", ["[STAGING] Shop", "Shop (test)", "Shop | QA environment"])
def test_a_test_system_instead_of_the_page_is_reported(title: str) -> None:
    (one,) = found(SHOP, good=SHOP, title=title)

    assert (one.kind, "says that it is a test system" in one.sentence) == (Kind.CONTENT_CHANGED, True)


def test_the_final_title_of_a_page_counts() -> None:
    (one,) = found("<meta http-equiv=refresh content='0; url=/down'>", title="Down for maintenance")

    assert "“Down for maintenance”" in one.sentence


def test_words_that_a_script_puts_into_the_title_follow_from_what_failed() -> None:
    title = "500 - Internal Server Error | Shop"

    again = (exchange("/", "document", target="page"), exchange("/", "document", target="page", exchange_id="2"))
    (drawn,) = found(SHOP, good=SHOP, title=title, exchanges=again)
    (sent,) = found(f"<title>{title}</title>", good=SHOP, title=title)

    assert (drawn.confidence, sent.confidence) == (Confidence.LIKELY, Confidence.HIGH)
    assert "A script of the page wrote the words" in drawn.why


def test_a_new_error_trace_in_a_long_page_counts() -> None:
    page = f"{LONG}<b>Fatal error</b>: Allowed memory size exhausted"

    assert found(page) == []
    assert found(page, good=LONG)[0].kind is Kind.ORIGIN_ERROR


def test_a_new_line_of_nothing_but_an_error_in_a_long_page_counts() -> None:
    (one,) = found(f"{LONG}<p>There has been a critical error on this website.</p>", good=LONG)

    assert (one.kind, one.confidence) == (Kind.ORIGIN_ERROR, Confidence.LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        SHOP,
        f"{LONG}<p>How to mend “There has been a critical error on this website”",
        f"{LONG}<p>Scheduled maintenance on Sunday, and how we connect to the database.",
        "<script>show('down for maintenance')</script><p>In stock",
        "<h1>Smith Maintenance Ltd</h1>",
        f"<h2>A fatal error: the pilot misread the altitude</h2>{LONG}",
        f"{LONG}<pre>Traceback (most recent call last):\n  File 'a.py'</pre> and <code>SQLSTATE[HY000]</code>",
    ],
    ids=["shop", "an article", "long page", "script", "a trade", "a report", "samples of code"],
)
def test_a_page_that_only_writes_about_such_failures_is_normal(text: str) -> None:
    assert found(text) == found(text, good=SHOP) == []


def test_words_of_the_good_session_explain_nothing() -> None:
    text = "<h1>Under maintenance</h1>"

    assert found(text, good=text) == []


@pytest.mark.parametrize(
    "text", ["<script>say('Traceback (most recent call last):')", "<!-- Fatal error: in a comment"]
)
def test_an_unclosed_element_is_not_visible(text: str) -> None:
    assert not found(text)


def test_source_code_that_the_server_does_not_execute_is_reported() -> None:
    source = "\n<?php require 'vendor/autoload.php'; $app->run();"

    (new,) = found(source, good=SHOP)
    (first,) = found(source)

    assert (new.kind, new.confidence, first.confidence) == (Kind.ORIGIN_ERROR, Confidence.HIGH, Confidence.LIKELY)
    assert "sends the source of its program (“<?php”) instead of running it" in new.sentence
    assert found(source, good=source) == []
    assert found("<p>How to begin: <code>&lt;?php</code>", good=SHOP) == []
