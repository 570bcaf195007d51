"""Folds texts for searching: lower case, and letters without diacritics. Pure."""

import re
from unicodedata import normalize

MARKS = re.compile("[\u0300-\u036f]")
WITHOUT_MARK = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not decompose; ``view/words.js`` of the overview has the same table."""


def fold(text: str) -> str:
    """``odegard`` for ``Ødegård``, ``strasse`` for ``Straße``."""
    small = text.lower()
    return small if small.isascii() else MARKS.sub("", normalize("NFD", small)).translate(WITHOUT_MARK)
