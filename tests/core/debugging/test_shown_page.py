"""What a page showed can be read back from console messages."""

import pytest

from core.debugging.shown_page import SILENT, ShownPage, read_shown, shown_texts


@pytest.mark.parametrize(
    ("shown", "texts"),
    [
        (ShownPage(text="Shop In stock"), ["The page shows: Shop In stock"]),
        (ShownPage(text=""), ["The page shows no text."]),
        (ShownPage(text="", is_empty=True), ["The page shows nothing."]),
        (
            ShownPage(text="Shop", loading="div.spinner", cover="div#veil"),
            [
                "The page shows: Shop",
                "The page shows a loading indicator: div.spinner",
                "An element without content covers the page: div#veil",
            ],
        ),
    ],
    ids=["text", "pictures", "nothing", "a loading indicator and a cover"],
)
def test_messages_are_read_back(shown: ShownPage, texts: list[str]) -> None:
    assert shown_texts(shown) == texts
    assert read_shown(reversed(texts)) == shown


def test_without_messages_or_an_answer_nothing_is_known() -> None:
    assert read_shown([]) is None
    assert read_shown([SILENT]) is None
