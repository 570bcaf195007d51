"""Differences between two sessions are summarised in sentences."""

import pytest

from core.debugging.compare import compare
from core.debugging.compare_words import in_words, milestones_in_words
from core.models import NetworkEventType
from tests.core.debugging.test_compare import make_exchange


def test_differences_are_summarised_in_sentences() -> None:
    before = [make_exchange(), make_exchange(url="https://a.example/gone")]
    after = [make_exchange(status_code=500, duration_ms=1_350.0, encoded_bytes=31_000)]

    assert in_words(compare(before, after)) == [
        "1 request has another status: GET x 200 → 500.",
        "1 request is gone: GET gone.",
        "The last request ended 1.25 s later.",
        "29.0 kB more crossed the network.",
    ]


def test_an_aborted_response_differs_from_a_complete_one() -> None:
    cut = make_exchange(outcome=NetworkEventType.ERROR)

    assert in_words(compare([make_exchange()], [cut]))[0] == ("1 request has another status: GET x 200 → 200 (failed).")


def test_short_times_are_in_milliseconds() -> None:
    after = [make_exchange(duration_ms=(make_exchange().duration_ms or 0) + 40)]

    assert "The last request ended 40 ms later." in in_words(compare([make_exchange()], after))


def test_the_most_different_request_is_named() -> None:
    names = ("a.js", "b.js", "c.js", "d.js")
    before = [make_exchange(url=f"https://a.example/{name}") for name in names]
    slow = [make_exchange(url=f"https://a.example/{name}", duration_ms=500.0 + at) for at, name in enumerate(names)]
    new = [make_exchange(url=f"https://b.example/{name}") for name in names]

    assert in_words(compare(before, slow))[0] == "4 requests are slower, most of all GET d.js by 403 ms."
    assert in_words(compare(before, [*before, *new]))[0] == "4 requests are new."


def test_large_sizes_are_in_megabytes() -> None:
    after = [make_exchange(url=f"https://a.example/{name}", encoded_bytes=2_000_000) for name in ("x", "y")]

    assert "4.0 MB more crossed the network." in in_words(compare([], after))


def test_a_sentence_says_that_nothing_differs() -> None:
    after = make_exchange(encoded_bytes=(make_exchange().encoded_bytes or 0) + 40)

    assert in_words(compare([make_exchange()], [after])) == ["No differences in requests."]


def test_malformed_urls_are_compared() -> None:
    broken = make_exchange(url="http://[broken")

    assert in_words(compare([], [broken]))[0] == "1 request is new: GET http://[broken."


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ({"load": 870.0}, {"load": 2_100.0}, ["Load came 1.23 s later, at 2.10 s."]),
        (
            {"first_contentful_paint": 900.0, "largest_contentful_paint": 2_000.0},
            {"first_contentful_paint": 500.0, "largest_contentful_paint": 2_100.0},
            ["First contentful paint came 400 ms earlier, at 500 ms."],
        ),
        ({"load": 100.0}, {"dom_content_loaded": 900.0}, []),
        (None, {"load": 900.0}, []),
    ],
    ids=["later", "earlier", "not-the-same", "not-known"],
)
def test_moved_milestones_are_described(
    before: dict[str, float] | None, after: dict[str, float], sentences: list[str]
) -> None:
    assert milestones_in_words(before, after) == sentences
