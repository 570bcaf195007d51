"""The exchanges of two sessions are matched, and their differences named."""

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.synthetic import exchanges
from core.debugging.compare import Difference, compare, normalise
from core.debugging.waterfall import Exchange
from core.models import Interruption, NetworkEventType


def make_exchange(**overrides: Any) -> Exchange:
    facts = {"url": "https://a.example/x", "status_code": 200, "outcome": NetworkEventType.RESPONSE}
    return replace(exchanges(1)[0], **{**facts, "duration_ms": 100.0, "encoded_bytes": 1000, **overrides})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://a.example/app.3f9c2ab1.js", "https://a.example/app.77bb01ce.js"),
        ("https://a.example/main-ALK3JH2S.css", "https://a.example/main-9QWE8RTY.css"),
        ("https://a.example/users/17/cart", "https://a.example/users/42/cart"),
        (
            "https://a.example/o/0b5f6c1e-8a6d-4f0e-9f3e-1c2d3e4f5a6b",
            "https://a.example/o/11111111-8a6d-4f0e-9f3e-1c2d3e4f5a6b",
        ),
        ("https://a.example/s?q=1&t=2", "https://a.example/s?t=9&q=8"),
        ("https://a.example/s#one", "https://a.example/s#two"),
    ],
)
def test_urls_of_the_same_resource_normalise_equally(first: str, second: str) -> None:
    assert normalise(first) == normalise(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://a.example/app.js", "https://a.example/vendor.js"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example/x?a=1", "https://a.example/x?b=1"),
        ("https://a.example/checkout", "https://a.example/carousel"),
        ("http://a.example/x", "https://a.example/x"),
    ],
)
def test_urls_of_different_resources_normalise_differently(first: str, second: str) -> None:
    assert normalise(first) != normalise(second)


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ({}, {}, Difference.SAME),
        ({}, {"status_code": 500}, Difference.STATUS),
        ({}, {"status_code": None, "outcome": NetworkEventType.ERROR}, Difference.STATUS),
        ({}, {"duration_ms": 250.0}, Difference.SLOWER),
        ({}, {"duration_ms": 190.0}, Difference.SAME),
        ({"duration_ms": 1000.0}, {"duration_ms": 1200.0}, Difference.SAME),
        ({}, {"encoded_bytes": 50_000}, Difference.BIGGER),
        ({"encoded_bytes": None}, {"encoded_bytes": 50_000}, Difference.SAME),
        ({}, {"status_code": 404, "duration_ms": 9_000.0}, Difference.STATUS),
    ],
)
def test_the_most_severe_difference_is_named(
    before: dict[str, Any], after: dict[str, Any], difference: Difference
) -> None:
    comparison = compare([make_exchange(**before)], [make_exchange(**after)])

    assert [pair.difference for pair in comparison.pairs] == [difference]


LONG = {"duration_ms": 9_000.0, "encoded_bytes": 90_000}
CUT = {"interruption": Interruption.SESSION_END}


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ({"resource_type": "websocket"}, {"resource_type": "websocket", **LONG}, Difference.SAME),
        ({"resource_type": "eventsource"}, {"resource_type": "eventsource", **LONG}, Difference.SAME),
        (CUT, {**LONG, **CUT}, Difference.SAME),
        (CUT, LONG, Difference.SAME),
        ({"interruption": Interruption.NAVIGATION}, {**LONG, "interruption": Interruption.NAVIGATION}, Difference.SAME),
        ({}, {**LONG, **CUT}, Difference.SLOWER),
    ],
    ids=["socket", "event stream", "both cut", "cut before", "left", "cut now"],
)
def test_an_exchange_that_lasts_as_long_as_its_session_is_not_slower(
    before: dict[str, Any], after: dict[str, Any], difference: Difference
) -> None:
    (pair,) = compare([make_exchange(**before)], [make_exchange(**after)]).pairs

    assert pair.difference is difference


def test_an_exchange_without_a_counterpart_is_new_or_gone() -> None:
    old, new = make_exchange(url="https://a.example/old"), make_exchange(url="https://a.example/new")

    comparison = compare([old], [new])

    assert [pair.before for pair in comparison.of(Difference.GONE)] == [old]
    assert [pair.after for pair in comparison.of(Difference.NEW)] == [new]


def test_an_identical_url_is_preferred_over_a_similar_one() -> None:
    first, second = make_exchange(url="https://a.example/i/1"), make_exchange(url="https://a.example/i/2")

    comparison = compare([first, second], [replace(second, started_ms=1), replace(first, started_ms=2)])

    assert [(pair.before.url, pair.after.url) for pair in comparison.pairs if pair.before and pair.after] == [
        (second.url, second.url),
        (first.url, first.url),
    ]


def test_each_exchange_is_matched_once() -> None:
    one = make_exchange()

    comparison = compare([one], [one, replace(one, started_ms=5)])

    assert [pair.difference for pair in comparison.pairs] == [Difference.SAME, Difference.NEW]


def test_an_exchange_with_an_identical_counterpart_is_not_matched_to_another() -> None:
    vendor = make_exchange(url="https://a.example/chunks/2kl44q12.js", started_ms=2.0, encoded_bytes=90_000)
    app = make_exchange(url="https://a.example/chunks/9x1c3d5e.js", started_ms=1.0)
    added = make_exchange(url="https://a.example/chunks/5aa77bb8.js", started_ms=0.5)

    pairs = compare([app, vendor], [added, app, vendor]).pairs

    assert [(pair.either.url[-11:], pair.difference) for pair in pairs] == [
        ("5aa77bb8.js", Difference.NEW),
        ("9x1c3d5e.js", Difference.SAME),
        ("2kl44q12.js", Difference.SAME),
    ]
