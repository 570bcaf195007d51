"""Numbers and lists within sentences."""

import pytest

from core.phrases import counted, listed


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 checks"), (1, "1 check"), (3, "3 checks"), (12_345, "12,345 checks")], ids=str
)
def test_what_is_counted_has_its_plural(count: int, said: str) -> None:
    assert counted(count, "check") == said


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")], ids=str
)
def test_the_last_of_a_list_follows_an_and(words: list[str], said: str) -> None:
    assert listed(words) == said
