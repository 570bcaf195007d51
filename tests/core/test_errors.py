"""What callers may catch, and how it is raised."""

import pytest

from core import errors
from core.errors import NotFound, there


def test_the_tree_names_every_exception() -> None:
    classes = [name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)]

    assert [name for name in classes if f" {name} " not in (errors.__doc__ or "").replace("\n", " ")] == []


def test_what_is_there_is_handed_on() -> None:
    assert there(0, "website 7") == 0


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match=r"There is no website 7\."):
        there(None, "website 7")
