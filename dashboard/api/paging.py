"""``page`` and ``page_size`` of every list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query

from core.schemas.base import ListResponse
from core.store_session import LARGEST_ID

Of = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
"""By whose id a list is narrowed; all where it is not given."""


Listed = TypeVar("Listed", bound=ListResponse[Any])


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list was asked for."""

    page: Annotated[int, Query(ge=1, le=1_000_000, description="Counted from 1.")] = 1
    page_size: Annotated[int, Query(ge=1, le=1_000)] = 50

    @property
    def skip(self) -> int:
        return (self.page - 1) * self.page_size

    def of(self, kind: type[Listed], items: Sequence[Any], total: int) -> Listed:
        """The answer that has *items*, which are this part of *total*; rows of the store are read by attribute."""
        return kind.model_validate(
            {"items": list(items), "total": total, "page": self.page, "page_size": self.page_size}
        )

    def cut(self, kind: type[Listed], found: Sequence[Any]) -> Listed:
        """The answer that has this part of all that was *found*."""
        return self.of(kind, found[self.skip : self.skip + self.page_size], len(found))


Paging = Annotated[Page, Depends()]
