"""Flags are parsed into the schema they describe, with an error for each invalid one."""

from typing import Annotated, Any, Self

import pytest
from pydantic import BaseModel, Field, model_validator

from core.errors import InvalidInput
from dashboard.parsing.flags import NOT_TOGETHER, Flags, account, headers, named


class Visit(BaseModel):
    seconds: Annotated[int, Field(ge=1)] = 10
    sent: dict[str, str] = {}
    is_quick: bool = False

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.is_quick and self.seconds > 10:
            raise ValueError("what is quick takes up to ten seconds")
        return self


FLAGS = Flags(
    schema=Visit,
    fields={"take_seconds": "seconds", "header": "sent", "quick": "is_quick"},
    readers={"header": headers},
)


def test_missing_flags_keep_defaults_or_stored_values() -> None:
    flags: dict[str, Any] = {"take_seconds": "", "header": [], "quick": None}

    assert FLAGS.options_of(flags) == Visit()
    assert FLAGS.options_of(flags, beside={"seconds": 5}) == Visit(seconds=5)


def test_a_flag_overrides_a_stored_value() -> None:
    options = FLAGS.options_of({"take_seconds": "7", "header": ["X-Test: 1: 2"]}, beside={"seconds": 5})

    assert options == Visit(seconds=7, sent={"X-Test": "1: 2"})


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({"take_seconds": "soon"}, "--take-seconds: Must be a whole number."),
        ({"header": ["X-Test"]}, "--header: Each must be NAME: VALUE, such as Accept-Language: de, not 'X-Test'."),
        ({"quick": True, "take_seconds": "11"}, "What is quick takes up to ten seconds."),
    ],
    ids=["schema", "reader", "together"],
)
def test_an_invalid_flag_is_named(flags: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        FLAGS.options_of(flags)

    assert str(refused.value) == sentence
    assert refused.value.by_field == FLAGS.problems(flags)


def test_every_invalid_flag_has_its_error() -> None:
    assert FLAGS.problems({"take_seconds": "0", "header": ["A: 1", "a: 2"]}) == {
        "take_seconds": "Must be 1 or more.",
        "header": "A header is given twice.",
    }
    assert FLAGS.problems({"quick": True, "take_seconds": 11}) == {
        NOT_TOGETHER: "What is quick takes up to ten seconds."
    }


def test_an_account_is_split_at_the_first_colon() -> None:
    assert account("ann:a:b") == {"username": "ann", "password": "a:b"}
    assert account({"username": "ann", "password": ""}) == {"username": "ann", "password": ""}
    with pytest.raises(ValueError, match="It must be USER:PASSWORD, not 'ann'"):
        account("ann")


def test_a_fields_error_names_its_flag() -> None:
    with (
        pytest.raises(InvalidInput, match="^--take-seconds: Must be 1 or more.$"),
        named({"seconds": "take-seconds"}),
    ):
        raise InvalidInput("seconds: must be 1 or more.", {"seconds": "Must be 1 or more."})


@pytest.mark.parametrize("by_field", [{}, {"": "These do not go together."}, {"other": "This is required."}])
def test_an_error_without_a_flag_is_unchanged(by_field: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="^As it was.$"), named({"seconds": "take-seconds"}):
        raise InvalidInput("As it was.", by_field)
