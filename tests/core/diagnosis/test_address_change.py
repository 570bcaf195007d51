"""The address of a request, against the one that it had before."""

import pytest

from core.diagnosis.address_change import address_change
from tests.core.diagnosis.facts import exchange, session

GOOD = session(exchange("/api/items", "fetch"), exchange("/app.js"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://staging.example/api/items", "asked for /api/items instead. The build may have another address"),
        ("https://api.staging.example/items", "asked for /api/items instead. The build may have another address"),
        ("/undefined/items", "asked for /api/items instead. Its address has “undefined” in it: a setting"),
        ("https://undefined/api/items", "asked for /api/items instead. Its address has “undefined” in it: a setting"),
        ("/api/cart?user=null", "Its address has “null” in it: a setting"),
        ("/api/items", ""),
        ("/api/prices", ""),
        ("/api/nullable/undefined-things", ""),
        ("https://staging.example/app.js", ""),
    ],
)
def test_another_address_and_a_missing_value_are_reported(url: str, words: str) -> None:
    asked = exchange(url, "fetch")

    told = address_change(asked, session(asked), GOOD)

    assert words in told
    assert bool(words) == bool(told)


def test_a_value_that_was_missing_before_as_well_explains_nothing() -> None:
    asked = exchange("/api/cart?user=null", "fetch")

    assert address_change(asked, session(asked), session(asked)) == ""


def test_an_address_that_the_page_still_asks_for_was_not_replaced() -> None:
    further = exchange("https://collect.test/items", "fetch")

    assert address_change(further, session(exchange("/api/items", "fetch"), further), GOOD) == ""
