"""Reads ids and page numbers from URLs."""

import re
from typing import Annotated

from fastapi import Path

from core.store_session import MAX_ID

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
"""A row's id in a path of the API."""
DIGITS = re.compile("[0-9]{1,10}")
LAST_PAGE = 100_000  # the largest page number of any list
MAX_DIGITS = 10  # of a page number; Python refuses to convert very long ones


def read_id(text: str) -> int | None:
    """Return the id that *text* holds; None if no row can have it."""
    number = int(text) if DIGITS.fullmatch(text) else 0
    return number if 1 <= number <= MAX_ID else None


def read_page(text: str) -> int:
    """Return the page number that *text* holds, limited to `LAST_PAGE`; 1 if it is not a number."""
    return min(int(text[:MAX_DIGITS]), LAST_PAGE) or 1 if text.isascii() and text.isdigit() else 1
