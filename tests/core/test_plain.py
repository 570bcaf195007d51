"""A text as it is looked for."""

import pytest

from core.plain import plain


@pytest.mark.parametrize(
    ("text", "found_by"),
    [
        ("Ødegård", "odegard"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Cœur à l’été", "coeur a l’ete"),
        ("Café", "cafe"),
        ("Cafe\u0301", "cafe"),
        ("Магазин", "магазин"),
        ("Shop 24", "shop 24"),
    ],
)
def test_marks_and_case_are_left_out(text: str, found_by: str) -> None:
    assert plain(text) == found_by
