"""Console messages are quoted in findings."""

import pytest

from core.diagnosis.console_words import LONGEST_ERROR, cut, short_error
from tests.core.diagnosis.facts import thrown


def test_an_error_is_quoted_with_its_first_line_and_position() -> None:
    line = thrown("TypeError: no\n  at a", url="https://shop.example/assets/app.js?v=1", line_number=7)

    assert short_error(line) == "“TypeError: no” (app.js:7)"


@pytest.mark.parametrize(
    ("number", "meant"),
    [
        ("441", ". This React error means that the server failed to render a part of the page; see the server"),
        ("418", ". This React error means that the server-rendered HTML differs from what the browser renders"),
        ("4180", "”"),
    ],
)
def test_a_react_error_number_is_explained(number: str, meant: str) -> None:
    told = short_error(thrown(f"Uncaught Error: Minified React error #{number}; visit react.dev for the full message"))

    assert meant in told
    assert ("This React error" in told) is ("This React error" in meant)


def test_the_reason_of_a_service_worker_error_is_not_cut_off() -> None:
    site = f"https://{'shop.' * 10}example/"
    words = f"Failed to register a ServiceWorker for scope ('{site}') with script ('{site}sw.js'): It is 'text/html'."

    assert short_error(thrown(words)) == "“Failed to register a ServiceWorker: It is 'text/html'.”"


def test_a_long_message_is_cut() -> None:
    assert len(cut("x" * 1_000)) == LONGEST_ERROR
