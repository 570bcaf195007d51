"""Another page instead of the website's: a sign-in, a consent question, a bot wall."""

from typing import Any

import pytest

from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.another_page import another_page
from core.diagnosis.session_facts import SessionFact
from tests.core.diagnosis.facts import evidence, exchange, session

FORM = "<form><input name=user><input name=x type='password'></form>"


def led_to(url: str, **overrides: Any) -> SessionFact:
    first = exchange("/", "document", status_code=302)
    return session(exchanges=(first, exchange(url, "document", redirected_from="/")), **overrides)


@pytest.mark.parametrize(
    ("url", "text", "words"),
    [
        ("/login?next=/", "", "requires a sign-in before it shows its page: / → /login (“Hello”)."),
        ("https://login.example.net/x", "", "requires a sign-in"),
        ("/welcome", FORM, "requires a sign-in"),
        ("/consent?back=/", "", "asks for consent"),
    ],
    ids=["path", "host", "form", "consent"],
)
def test_a_new_gate_before_the_page_is_the_cause(url: str, text: str, words: str) -> None:
    (one,) = another_page(evidence(session=led_to(url, title="Hello", text=text), good_session=session(title="Shop")))

    assert (one.kind, one.confidence) == (Kind.CONTENT_CHANGED, Confidence.HIGH)
    assert words in one.sentence


def led_on_to(*urls: str, **overrides: Any) -> SessionFact:
    return session(*(exchange(url, "document", exchange_id=url, target="page") for url in urls), **overrides)


def test_a_sign_in_to_which_a_script_leads_is_a_gate() -> None:
    (one,) = another_page(evidence(session=led_on_to("/login", title="Hello"), good_session=session(title="Shop")))

    assert (one.confidence, "requires a sign-in" in one.sentence) == (Confidence.HIGH, True)


def test_a_page_that_newly_leads_to_another_one_is_reported() -> None:
    (one,) = another_page(evidence(session=led_on_to("/sorry", title="Sorry"), good_session=session(title="Shop")))

    assert (one.kind, one.confidence) == (Kind.CONTENT_CHANGED, Confidence.LIKELY)
    assert one.sentence == "shop.example redirects from its page to another one: / → /sorry (“Sorry”)."
    assert [row.id for row in one.rows] == ["/sorry"]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (led_on_to("/b"), led_on_to("/a")),
        (led_on_to("/?counted=1"), session()),
        (session(), led_on_to("/welcome")),
        (led_on_to(), session()),
    ],
    ids=["it always leads on", "to itself", "it leads on no more", "not at all"],
)
def test_a_page_that_always_leads_to_another_one_is_normal(now: SessionFact, before: SessionFact) -> None:
    assert list(another_page(evidence(session=now, good_session=before))) == []


@pytest.mark.parametrize("target", ["iframe", None], ids=["a recording", "another program's file"])
def test_a_frames_document_is_not_where_the_page_leads(target: str | None) -> None:
    framed = exchange("/frame", "document", target=target)

    assert list(another_page(evidence(session=session(framed), good_session=session()))) == []


def test_a_password_form_instead_of_the_page_is_likely_a_sign_in() -> None:
    (one,) = another_page(evidence(session=session(title="Hello", text=FORM), good_session=session(title="Shop")))

    assert (one.confidence, "title is “Hello” now" in one.sentence) == (Confidence.LIKELY, True)


def test_a_sign_in_is_a_note_without_a_good_session() -> None:
    (one,) = another_page(evidence(session=led_to("/login", title="Hello")))

    assert (one.confidence, one.sentence) == (Confidence.NOTE, "The page redirects to a sign-in: / → /login (“Hello”).")


WALL = "<h1>Verify you are human</h1>"


@pytest.mark.parametrize("title", ["Shop", "Just a moment...", None])
def test_a_bot_wall_instead_of_the_page_is_recognised_whatever_its_title(title: str | None) -> None:
    good = session(exchange("/app.js"), title="Shop")

    (one,) = another_page(evidence(session=session(title=title, text=WALL), good_session=good))

    assert (one.kind, one.confidence) == (Kind.BOT_WALL, Confidence.HIGH)


@pytest.mark.parametrize(
    ("headers", "text", "confidence"),
    [
        ({}, WALL, Confidence.NOTE),
        ({"x-amzn-waf-action": "challenge"}, "<script>1</script>", Confidence.LIKELY),
    ],
)
def test_a_possible_bot_wall_is_reported_without_a_good_session(
    headers: dict[str, str], text: str, confidence: Confidence
) -> None:
    (one,) = another_page(evidence(session=session(headers=headers, text=text)))

    assert (one.kind, one.confidence) == (Kind.BOT_WALL, confidence)


def test_a_long_page_is_no_bot_wall_without_a_good_session() -> None:
    assert list(another_page(evidence(session=session(text=WALL + "<p>In stock. " * 100)))) == []


def test_a_captcha_in_the_usual_page_is_no_bot_wall() -> None:
    page = exchange("/app.js")
    now, good = session(page, title="Shop", text=WALL), session(page, title="Shop")

    assert list(another_page(evidence(session=now, good_session=good))) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/assets/index-BxKqWvTz.js", "/assets/index-CqLmNoPq.js"),
        ("/build-alpha/app.js", "/build-beta/app.js"),
        ("/app.v1.css", "/app.v2.css"),
    ],
)
def test_a_deploy_with_a_new_title_is_no_other_page(before: str, after: str) -> None:
    kind = "stylesheet" if before.endswith("css") else "script"
    good = session(exchange(before, kind), title="Shop")

    assert list(another_page(evidence(session=session(exchange(after, kind), title="Sale!"), good_session=good))) == []


def test_another_page_without_a_title_is_recognised() -> None:
    good = session(exchange("/app.js"), title="Shop")

    (one,) = another_page(evidence(session=session(title=None), good_session=good))

    assert "it has no title now and was “Shop”" in one.sentence


def test_another_page_is_quoted_beyond_its_title() -> None:
    good = session(exchange("/app.js"), title="Shop")
    now = session(title="shop.example", text="<title>shop.example</title><h1>Hier entsteht ein Shop</h1><p>Provider: X")

    (one,) = another_page(evidence(session=now, good_session=good))

    assert one.sentence.endswith("and was “Shop”, and it begins with “Hier entsteht ein Shop Provider: X”.")


@pytest.mark.parametrize(("words", "is_other"), [("<p>Konto zawieszone", True), ("<p>Contact<p>Sale", False)])
def test_a_page_without_files_is_another_one_if_none_of_its_text_is_left(words: str, is_other: bool) -> None:
    good = session(title="Shop", text="<title>Shop</title><p>In stock<p>Contact")

    found = list(another_page(evidence(session=session(title="Hello", text=words), good_session=good)))

    assert bool(found) is is_other


@pytest.mark.parametrize("path", ["/wp-admin/install.php", "/core/install.php", "/installation/index.php", "/setup"])
def test_an_installer_is_not_called_a_sign_in(path: str) -> None:
    now = led_to(path, title="Installation", text=FORM)

    (one,) = another_page(evidence(session=now, good_session=session(title="Shop")))

    assert one.sentence == f"shop.example shows its installer instead of its page: / → {path} (“Installation”)."


@pytest.mark.parametrize("url", ["/login", "/catalogue", "/blogs/author"])
def test_an_unchanged_redirect_is_normal(url: str) -> None:
    same = led_to(url, title="Hello")

    assert list(another_page(evidence(session=same, good_session=same))) == []


@pytest.mark.parametrize("url", ["/catalogue", "/blog/in", "/authors", "/de"])
def test_a_redirect_to_another_url_is_no_sign_in(url: str) -> None:
    good = session(title="Shop", exchanges=(exchange("/", "document"), exchange("/app.js")))

    assert list(another_page(evidence(session=led_to(url, title="Shop"), good_session=good))) == []
