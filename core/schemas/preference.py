"""What somebody chose for their own screens, as it crosses a border."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from core.schemas.base import Schema

ColumnName = Annotated[str, Field(pattern="^[a-z]{1,20}$")]
MOST = 40  # columns: more than there are, fewer than would fill a store


class ColumnChoice(Schema):
    """The columns of the waterfall, in the words of its view: which are hidden, how wide the others are."""

    model_config = ConfigDict(alias_generator=to_camel)

    hidden: Annotated[list[ColumnName], Field(max_length=MOST)] = []
    widths: Annotated[dict[ColumnName, Annotated[float, Field(ge=40, le=4_000)]], Field(max_length=MOST)] = {}
    """In px; a column that is not among them has its own."""
    table_share: Annotated[float, Field(ge=0.15, le=0.85)] | None = None
    """Of the whole width; the bars have the rest."""
