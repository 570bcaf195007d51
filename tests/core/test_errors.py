"""The exceptions that callers may catch."""

import pytest

from core import errors
from core.errors import NotDelivered, NotFound, require_found


def test_the_docstring_lists_every_exception() -> None:
    classes = [name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)]

    assert [name for name in classes if f" {name} " not in (errors.__doc__ or "").replace("\n", " ")] == []


def test_a_long_answer_of_a_service_is_cut() -> None:
    assert str(NotDelivered("a" * 600)) == "a" * 500


def test_there_returns_the_object() -> None:
    assert require_found(0, "website 7") == 0


def test_there_raises_for_none() -> None:
    with pytest.raises(NotFound, match=r"There is no website 7\."):
        require_found(None, "website 7")
