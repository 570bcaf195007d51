"""What shows that a cache sent a response."""

import pytest

from core.diagnosis.response_marks import cache_mark


@pytest.mark.parametrize(
    ("age", "mark"), [("7210", "age: 7210 s"), ("0", None), ("-1", None), ("²", None), ("9" * 5_000, None), ("", None)]
)
def test_an_age_shows_a_cache_only_if_it_is_a_number(age: str, mark: str | None) -> None:
    assert cache_mark({"age": age}) == mark
