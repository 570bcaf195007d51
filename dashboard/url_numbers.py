"""Ids, and the numbers of a list's pages, as an address has them."""

import re
from typing import Annotated

from fastapi import Path

from core.store_session import LARGEST_ID

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
"""One in the path of an address of the API."""
DIGITS = re.compile("[0-9]{1,10}")
LAST_PAGE = 100_000  # of any list
MOST_DIGITS = 10  # of a page's number; Python reads no endless one


def read_id(text: str) -> int | None:
    """The id that *text* is; None where no row can have it."""
    number = int(text) if DIGITS.fullmatch(text) else 0
    return number if 1 <= number <= LARGEST_ID else None


def read_page(text: str) -> int:
    """The page that *text* is; the first or the last one where no list has it."""
    return min(int(text[:MOST_DIGITS]), LAST_PAGE) or 1 if text.isascii() and text.isdigit() else 1
