"""Validation errors become one sentence each."""

from typing import Any

import pytest

from core.input_messages import no_such, problem_message, sentence


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ({"type": "value_error", "msg": "Value error, the name is taken"}, "The name is taken."),
        ({"type": "value_error", "msg": "Value error, is its day one that it has?"}, "Is its day one that it has?"),
        ({"type": "string_too_short", "msg": "…", "ctx": {"min_length": 1}}, "This is required."),
        ({"type": "less_than_equal", "msg": "…", "ctx": {"le": 50.0}}, "Must be 50 or less."),
        ({"type": "literal_error", "msg": "…", "ctx": {"expected": "1"}}, "Must be 1."),
        ({"type": "literal_error", "msg": "…", "ctx": {"expected": "'a' or 'b'"}}, "Must be one of 'a' or 'b'."),
        ({"type": "int_parsing_size", "msg": "…"}, "Must be a smaller whole number."),
    ],
    ids=["ours", "a question", "empty", "a limit", "one value", "two values", "a huge number"],
)
def test_a_problem_becomes_one_sentence(problem: dict[str, Any], words: str) -> None:
    assert problem_message(problem) == words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (ValueError("the URL has no host"), "The URL has no host."),
        ("The URL has no host.", "The URL has no host."),
        ("is its day one that there is?", "Is its day one that there is?"),
    ],
)
def test_sentence_adds_a_capital_and_a_full_stop(words: object, said: str) -> None:
    assert sentence(words) == said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("check-intervall", "There is no field check-intervall. Did you mean check_interval?"),
        ("colour", "There is no field colour."),
    ],
)
def test_no_such_suggests_the_nearest_known_name(name: str, words: str) -> None:
    assert no_such(name, ["check_interval", "url"]) == words
