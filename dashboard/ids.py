"""Ids as an address has them."""

import re
from typing import Annotated

from fastapi import Path

from core.store_session import LARGEST_ID

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
"""One in the path of an address of the API."""
DIGITS = re.compile("[0-9]{1,10}")


def read_id(text: str) -> int | None:
    """The id that *text* is; None where no row can have it."""
    number = int(text) if DIGITS.fullmatch(text) else 0
    return number if 1 <= number <= LARGEST_ID else None
