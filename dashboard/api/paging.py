"""The ``page`` and ``page_size`` parameters of every list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query

from core.schemas.base import ListResponse
from core.store_session import MAX_ID

Of = Annotated[int | None, Query(ge=1, le=MAX_ID)]
"""An id to filter a list by; None for all."""

Listed = TypeVar("Listed", bound=ListResponse[Any])


@dataclass(frozen=True, slots=True)
class Page:
    """The requested part of a list."""

    page: Annotated[int, Query(ge=1, le=1_000_000, description="Page number, from 1.")] = 1
    page_size: Annotated[int, Query(ge=1, le=1_000)] = 50

    @property
    def skip(self) -> int:
        return (self.page - 1) * self.page_size

    def of(self, kind: type[Listed], items: Sequence[Any], total: int) -> Listed:
        """Return the response with *items*, which are this part of *total*. Items may be rows of the store."""
        return kind.model_validate(
            {"items": list(items), "total": total, "page": self.page, "page_size": self.page_size}
        )

    def cut(self, kind: type[Listed], found: Sequence[Any]) -> Listed:
        """Return the response with this part of *found*, the whole list."""
        return self.of(kind, found[self.skip : self.skip + self.page_size], len(found))


Paging = Annotated[Page, Depends()]
