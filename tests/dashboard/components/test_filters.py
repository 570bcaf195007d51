"""The filters of a list: which of the URL's values are known, and what is said about the others."""

import pytest

from dashboard.components.filters import Choice, known, unknown_words

CHOICES = [
    Choice(name="website", label="Website", options=[("", "All websites"), ("1", "Shop")]),
    Choice(name="state", label="State", options=[("", "All states"), ("open", "Open")]),
]


def test_unknown_values_do_not_filter() -> None:
    assert known(CHOICES, {"website": "77", "state": "open", "range": "7 d"}) == {"state": "open", "range": "7 d"}


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"website": "1", "state": "open", "range": "ever"}, ""),
        ({"state": "burnt"}, "Unknown filter, not applied: state “burnt”."),
        ({"website": "77", "state": "burnt"}, "Unknown filters, not applied: website “77”, state “burnt”."),
        ({"state": "x" * 50}, f"Unknown filter, not applied: state “{'x' * 39}…”."),
    ],
    ids=["all known", "one", "two", "a long one"],
)
def test_unknown_values_are_named(chosen: dict[str, str], words: str) -> None:
    assert unknown_words(CHOICES, chosen) == words
