"""What callers may catch, and how it is raised."""

import pytest

from core.errors import NotFound, there


def test_what_is_there_is_handed_on() -> None:
    assert there(0, "website 7") == 0


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match=r"There is no website 7\."):
        there(None, "website 7")
