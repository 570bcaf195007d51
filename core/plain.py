"""A text as it is looked for: in any case, and without the marks that its reader may have no keys for. Pure."""

import re
from unicodedata import normalize

MARKS = re.compile("[\u0300-\u036f]")
WITHOUT_MARK = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take for another one with a mark; ``view/words.js`` of the overview has the same."""


def plain(text: str) -> str:
    """``odegard`` for ``Ødegård``, ``strasse`` for ``Straße``."""
    small = text.lower()
    return small if small.isascii() else MARKS.sub("", normalize("NFD", small)).translate(WITHOUT_MARK)
