"""``page`` and ``page_size`` of every list."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from core.store_session import LARGEST_ID

Of = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
"""By whose id a list is narrowed; all where it is not given."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list was asked for."""

    page: Annotated[int, Query(ge=1, le=1_000_000, description="Counted from 1.")] = 1
    page_size: Annotated[int, Query(ge=1, le=1_000)] = 50

    @property
    def skip(self) -> int:
        return (self.page - 1) * self.page_size


Paging = Annotated[Page, Depends()]
