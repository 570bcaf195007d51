"""Schemas of search results. Their texts are as captured, and must be shown as plain text."""

from pydantic import ConfigDict, computed_field

from core.schemas.base import Schema, UtcInstant


class SearchHit(Schema):
    """A match of the searched words."""

    model_config = ConfigDict(str_strip_whitespace=False)  # the space before a match is part of the text

    website_id: int
    website: str
    where: str
    """The kind of the text: name, URL, description, cause, error, console, request headers …"""
    before: str
    """The text before the match; begins with an ellipsis if it is cut."""
    match: str
    after: str
    """The text after the match; ends with an ellipsis if it is cut."""
    at: UtcInstant | None = None
    count: int = 1
    """The number of recent rows with the same text."""
    window_id: int | None = None
    session_id: int | None = None
    exchange_id: str | None = None


class SearchFound(Schema):
    """Hits by kind, newest first."""

    websites: list[SearchHit] = []
    windows: list[SearchHit] = []
    checks: list[SearchHit] = []
    sessions: list[SearchHit] = []
    requests: list[SearchHit] = []

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        return sum(map(len, (self.websites, self.windows, self.checks, self.sessions, self.requests)))
