"""The exceptions that callers may catch."""

import pytest

from core import errors
from core.errors import NotDelivered, NotFound, require_found


def test_the_docstring_lists_every_exception() -> None:
    classes = [name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)]

    assert [name for name in classes if f" {name} " not in (errors.__doc__ or "").replace("\n", " ")] == []


def test_an_undelivered_message_has_other_words_and_the_same_facts() -> None:
    refused = NotDelivered("a" * 600, retry_after_seconds=7, may_have_arrived=True, concerns_channel=True)

    other = refused.with_words("b" * 600)

    assert (str(refused), str(other)) == ("a" * 500, "b" * 500)
    assert (other.retry_after_seconds, other.may_have_arrived, other.concerns_channel) == (7, True, True)


def test_there_returns_the_object() -> None:
    assert require_found(0, "website 7") == 0


def test_there_raises_for_none() -> None:
    with pytest.raises(NotFound, match=r"There is no website 7\."):
        require_found(None, "website 7")
