"""Placeholders that a page shows in place of content."""

import pytest

from core.debugging.shown_page import ShownPage
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.unfilled_template import unfilled_template
from core.diagnosis.session_facts import SessionFact
from tests.core.diagnosis.facts import evidence, exchange, session

GOOD = session(text="<h1>Shop</h1>", title="Shop")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "<h1>{{ hero.title }}</h1>",
            "<ul>{% for item in items %}</ul>",
            "<p>{% now %}</p>",
            "{%- endif -%}",
            "<p><%= shop.name %></p>",
        ),
        *("<p>{{#each items}}</p>", "<p>&lt;%= shop.name %&gt;</p>"),
    ],
)
def test_new_placeholders_are_reported(text: str) -> None:
    (one,) = unfilled_template(evidence(session=session(text=text, title="Shop"), good_session=GOOD))

    assert (one.kind, one.confidence) == (Kind.CONTENT_CHANGED, Confidence.LIKELY)
    assert one.sentence.startswith("shop.example shows placeholders of a template in place of content: “")


def test_names_of_texts_in_place_of_texts_are_reported() -> None:
    text = "<a>menu.home</a> <a>menu.catalogue</a><h2>home.hero.headline</h2><button>CART.checkout_button</button>"

    (one,) = unfilled_template(evidence(session=session(text=text, title="Shop"), good_session=GOOD))

    assert "in place of content: “menu.home”, “menu.catalogue” and 2 more." in one.sentence


@pytest.mark.parametrize(
    "text",
    [
        "<ul><li>vue.js<li>node.js<li>next.js<li>shop.com<li>shop.net<li>shop.org</ul>",
        "<p>Set spring.datasource.url, spring.datasource.username and spring.datasource.password.",
        "<pre>menu.home\nmenu.catalogue\nhome.headline</pre>",
        "<li>start.html<li>shop.html<li>cart.html",
        "<li>index.html<li>data.json<li>config.yaml<li>settings.toml",
        "<li>shop.info<li>shop.store<li>shop.online",
        "<li>anna.miller<li>john.smith<li>max.mustermann",
    ],
)
def test_names_of_other_things_are_not_reported(text: str) -> None:
    assert [*unfilled_template(evidence(session=session(text=text, title="Shop"), good_session=GOOD))] == []


def test_one_more_user_name_is_no_name_of_a_text() -> None:
    users = ["anna.miller", "john.smith", "max.mustermann"]
    good, now = (session(text=f"<ul><li>{'<li>'.join(names)}</ul>", title="Shop") for names in (users[:2], users))

    assert [*unfilled_template(evidence(session=now, good_session=good))] == []


def test_a_placeholder_in_the_title_is_reported() -> None:
    now = session(exchange("/app.js"), text="", title="{{ shop.name }}")

    (one,) = unfilled_template(evidence(session=now, good_session=GOOD))

    assert "“{{ shop.name }}”" in one.sentence


@pytest.mark.parametrize(
    "text",
    [
        *("<pre>{% for x in y %}</pre>", "Write <code>{{ x }}</code>", "<script>'{{ x }}'</script>", "100 % {of} it"),
        "<style>a{b:c}</style>{{}}",
    ],
)
def test_samples_of_code_are_not_reported(text: str) -> None:
    assert [*unfilled_template(evidence(session=session(text=text, title="Shop"), good_session=GOOD))] == []


def test_a_script_may_fill_braces_in_the_browser() -> None:
    now = session(exchange("/vue.js"), text="<p>{{ hello }}</p>", title="Shop")

    assert [*unfilled_template(evidence(session=now, good_session=GOOD))] == []


def shows(text: str) -> SessionFact:
    return session(shown_page=ShownPage(text=text))


def test_names_of_texts_that_scripts_write_are_found() -> None:
    seen = evidence(
        session=shows("Garden shop home.title home.welcome_text cart.checkout All our lamps and desks © 2026"),
        good_session=shows("Garden shop Checkout"),
    )

    (one,) = unfilled_template(seen)

    assert one.sentence == (
        "shop.example shows placeholders of a template in place of content: “home.title”, “home.welcome_text” and 1 "
        "more."
    )


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("Change config.yaml, then settings.json and config.toml in your folder", "Garden shop"),
        ("home.title home.welcome_text cart.checkout", "home.title home.welcome_text cart.checkout"),
    ],
    ids=["names of files in a text", "as before"],
)
def test_other_names_that_a_page_shows_are_not_reported(now: str, before: str) -> None:
    assert not list(unfilled_template(evidence(session=shows(now), good_session=shows(before))))
