"""Describes in console messages what a page showed at the end of its visit, and reads them back. Pure."""

from collections.abc import Iterable

from pydantic import BaseModel

SOURCE = "shown-page"
"""The source of these console messages."""
TEXT_CHARACTERS = 2_000
_TEXT, _NO_TEXT, _NOTHING = "The page shows: ", "The page shows no text.", "The page shows nothing."
SILENT = "The page did not answer."
"""The text of the message about a page that did not tell what it showed, because a script or layout kept it busy."""
_LOADING = "The page shows a loading indicator: "
_COVER = "An element without content covers the page: "


class ShownPage(BaseModel):
    """What a page showed at the end of its visit."""

    text: str
    """The beginning of its visible text, in one line."""
    is_empty: bool = False
    """Whether it shows neither text nor pictures, frames, drawings or films."""
    loading: str = ""
    """The element that shows that the page is loading, such as ``div.spinner``; empty without one."""
    cover: str = ""
    """The element that covers the whole page and has no content; empty without one."""


def shown_texts(shown: ShownPage) -> list[str]:
    """Return the texts of the console messages."""
    texts = [f"{_TEXT}{shown.text}" if shown.text else _NOTHING if shown.is_empty else _NO_TEXT]
    return texts + [f"{words}{name}" for words, name in ((_LOADING, shown.loading), (_COVER, shown.cover)) if name]


def read_shown(texts: Iterable[str]) -> ShownPage | None:
    """Return what the texts of console messages with the source `SOURCE` say; None if it is unknown."""
    said = list(texts)
    if not said or SILENT in said:
        return None
    is_empty = _NOTHING in said
    return ShownPage(
        text=_after(_TEXT, said), is_empty=is_empty, loading=_after(_LOADING, said), cover=_after(_COVER, said)
    )


def _after(words: str, texts: Iterable[str]) -> str:
    return next((text.removeprefix(words) for text in texts if text.startswith(words)), "")
