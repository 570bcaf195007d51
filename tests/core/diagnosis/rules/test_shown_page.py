"""What is wrong with a page as visitors see it."""

from time import perf_counter
from typing import Any

import pytest

from core.debugging.shown_page import ShownPage
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.shown_page import APPLICATION_ERRORS, WRONG, shown_page
from tests.core.diagnosis.facts import check, evidence, exchange, session, thrown

GOOD = ShownPage(text="Shop In stock: lamp, desk")


def found(now: ShownPage, before: ShownPage | None = GOOD, *, checks: Any = (), **given: Any) -> list[Finding]:
    good = session(shown_page=before)
    return list(shown_page(evidence(session=session(shown_page=now, **given), good_session=good, checks=checks)))


@pytest.mark.parametrize(
    ("now", "kind", "sentence"),
    [
        (
            ShownPage(text="", is_empty=True),
            Kind.BLANK_PAGE,
            "The page is empty at the end. In the last good session it began with “Shop In stock: lamp, desk”.",
        ),
        (
            ShownPage(text="Shop", loading="div.spinner"),
            Kind.CONTENT_CHANGED,
            "The page still shows a loading indicator, although it has loaded: div.spinner.",
        ),
        (
            ShownPage(text=GOOD.text, cover="div#veil"),
            Kind.CONTENT_CHANGED,
            "An element without content covers the page, so visitors cannot use it: div#veil.",
        ),
        (
            ShownPage(text="Shop Lamp: € NaN by Acme"),
            Kind.CONTENT_CHANGED,
            "The page shows “NaN” where a value is missing or has the wrong type: “Shop Lamp: € NaN by Acme”.",
        ),
        (
            ShownPage(text="404 Page not found"),
            Kind.CONTENT_CHANGED,
            "The page says that the page does not exist: “404 Page not found”.",
        ),
        (
            ShownPage(text="Shop Something went wrong. Sorry."),
            Kind.CONTENT_CHANGED,
            "The page shows an application error: “Something went wrong”.",
        ),
        (
            ShownPage(text="Your browser is not supported."),
            Kind.CONTENT_CHANGED,
            "The page shows an application error: “browser is not supported”.",
        ),
    ],
    ids=["empty", "loading", "covered", "wrong value", "own 404", "error", "browser"],
)
def test_what_the_page_did_not_show_before_is_likely_wrong(now: ShownPage, kind: Kind, sentence: str) -> None:
    (one,) = found(now)

    assert (one.kind, one.confidence, one.sentence) == (kind, Confidence.LIKELY, sentence)


@pytest.mark.parametrize(
    "shown",
    [
        ShownPage(text="Shop", loading="div.spinner"),
        ShownPage(text="Shop", cover="div#veil"),
        ShownPage(text="NaN is not a number"),
        ShownPage(text="Something went wrong"),
        ShownPage(text="", is_empty=True),
    ],
    ids=["loading", "covered", "wrong value", "error", "empty"],
)
def test_what_it_showed_before_is_not_reported(shown: ShownPage) -> None:
    assert not found(shown, shown)


def test_an_undefined_function_is_no_missing_value() -> None:
    shown = ShownPage(text="Garden shop. Fatal error: Call to undefined function price()")

    assert not any("“undefined”" in finding.sentence for finding in found(shown))


def test_a_long_page_may_write_about_errors() -> None:
    (one,) = found(ShownPage(text="How to say that something went wrong. " + "It is long. " * 100))

    assert one.confidence is Confidence.NOTE


@pytest.mark.parametrize(
    "given",
    [
        {"exchanges": (exchange("/", "document"), exchange("/api", "fetch", status_code=500))},
        {"console": (thrown("TypeError: x is null"),)},
        {"console": (thrown("TypeError: x is null", source="console", url="https://shop.example/app.js"),)},
        {"checks": (check("status"),)},
    ],
    ids=["failed request", "error", "logged error", "failed check"],
)
def test_it_is_a_note_if_something_else_explains_it(given: dict[str, Any]) -> None:
    (one,) = found(ShownPage(text="Shop", loading="div.spinner"), **given)

    assert one.confidence is Confidence.NOTE


def test_a_page_that_waits_for_a_response_may_show_that_it_loads() -> None:
    waiting = exchange("/poll", "fetch", status_code=None)

    (one,) = found(ShownPage(text="Shop", loading="div.spinner"), exchanges=(exchange("/", "document"), waiting))

    assert one.confidence is Confidence.NOTE


def test_without_a_good_session_only_a_wrong_value_is_noted() -> None:
    now = ShownPage(text="€ undefined", loading="div.spinner", cover="div#veil")

    (one,) = found(now, None)

    assert (one.confidence, "“undefined”" in one.sentence) == (Confidence.NOTE, True)


@pytest.mark.parametrize("pattern", [WRONG, APPLICATION_ERRORS.pattern], ids=["wrong values", "errors"])
@pytest.mark.parametrize("unit", ["[object ", "could not be ", "an error has ", "n’t "])
def test_hostile_text_is_searched_quickly(pattern: Any, unit: str) -> None:
    text = unit * (1_000_000 // len(unit))

    began = perf_counter()
    pattern.search(text)

    assert perf_counter() - began < 5


def test_pictures_without_text_are_no_empty_page() -> None:
    assert not found(ShownPage(text=""))


@pytest.mark.parametrize("words", ["We can’t load this page", "We couldn't connect", "The list could not be loaded"])
def test_words_of_a_failed_load_are_recognised(words: str) -> None:
    assert APPLICATION_ERRORS.pattern.search(words)


LONG = ShownPage(text="Garden shop Home Cart Lamp 12.00 Desk 120.00 Chair 45.00 Contact us")


def test_a_part_that_is_missing_without_anything_in_its_place_is_reported() -> None:
    (one,) = found(ShownPage(text="Garden shop Contact us"), LONG)

    assert (one.kind, one.confidence) == (Kind.CONTENT_CHANGED, Confidence.LIKELY)
    assert one.sentence == (
        "A part of the page is missing, and nothing is in its place: “Home Cart Lamp 12.00 Desk 120.00 Chair 45.00”."
    )


def test_the_data_that_a_missing_part_lacks_is_named() -> None:
    call = exchange("/api/items", "fetch")
    good = session(call, shown_page=LONG, json_fields={"/api/items": frozenset({"items"})})
    now = session(call, shown_page=ShownPage(text="Garden shop Contact us"), json_fields={"/api/items": frozenset()})

    (one,) = shown_page(evidence(session=now, good_session=good))

    assert one.sentence.endswith("; the response of /api/items has no value for “items”, which it had before.")


def test_a_small_part_that_is_missing_is_a_note() -> None:
    (one,) = found(ShownPage(text="Garden shop Home Cart Chair 45.00 Contact us"), LONG)

    assert one.confidence is Confidence.NOTE


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("Garden shop Home Cart Sofa 250.00 Contact us", LONG.text),
        ("Garden shop Home Cart Lamp 12.00 Chair 45.00 Contact us", LONG.text),
        ("shop " * 300, "shop " * 400),
    ],
    ids=["something else", "little", "a text of which only the beginning is known"],
)
def test_other_differences_are_no_missing_part(now: str, before: str) -> None:
    assert not found(ShownPage(text=now), ShownPage(text=before))


def test_what_replaces_a_part_of_the_page_may_say_that_the_page_does_not_exist() -> None:
    (one,) = found(ShownPage(text="Garden shop Home Cart Page not found Contact us"), LONG)

    assert one.confidence is Confidence.LIKELY
    assert one.sentence == "The page says that the page does not exist: “Page not found”."


def test_a_dialog_that_the_page_did_not_open_before_is_reported() -> None:
    said = ("DataTables warning: table id=t - Requested unknown parameter 'price' for row 0, column 1.",)

    (one,) = found(GOOD, dialogs=said)

    assert (one.kind, one.confidence) == (Kind.CONTENT_CHANGED, Confidence.LIKELY)
    assert one.sentence.startswith("The page opens a dialog: “DataTables warning: table id=t")
    assert not list(
        shown_page(
            evidence(
                session=session(shown_page=GOOD, dialogs=said), good_session=session(shown_page=GOOD, dialogs=("Hi",))
            )
        )
    )
