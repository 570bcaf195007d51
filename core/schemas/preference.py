"""Schemas of users' display preferences."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from core.schemas.base import Schema

ColumnName = Annotated[str, Field(pattern="^[a-z]{1,20}$")]
MAX_COLUMNS = 40  # columns; bounds the stored size, and is more than exist


class ColumnChoice(Schema):
    """The hidden columns of the waterfall, and the widths of the others."""

    model_config = ConfigDict(alias_generator=to_camel)

    hidden: Annotated[list[ColumnName], Field(max_length=MAX_COLUMNS)] = []
    widths: Annotated[dict[ColumnName, Annotated[float, Field(ge=40, le=4_000)]], Field(max_length=MAX_COLUMNS)] = {}
    """Widths in px; other columns have their default."""
    table_share: Annotated[float, Field(ge=0.15, le=0.85)] | None = None
    """The share of the whole width; the bars have the rest."""
