"""What a search found, as it crosses a border; all texts are as they were captured, to be shown as text."""

from pydantic import ConfigDict, computed_field

from core.schemas.base import Schema, UtcInstant


class SearchHit(Schema):
    """One place where the words stand."""

    model_config = ConfigDict(str_strip_whitespace=False)  # the space before a match is part of the text

    website_id: int
    website: str
    where: str
    """What holds the text: name, URL, description, cause, error, console, request headers …"""
    before: str
    """What stands before the match; where more does, it begins with an ellipsis."""
    match: str
    after: str
    """What stands after it, likewise."""
    at: UtcInstant | None = None
    count: int = 1
    """Rows of late that say the same."""
    window_id: int | None = None
    session_id: int | None = None
    exchange_id: str | None = None


class SearchFound(Schema):
    """Hits by kind, the newest first."""

    websites: list[SearchHit] = []
    windows: list[SearchHit] = []
    checks: list[SearchHit] = []
    sessions: list[SearchHit] = []
    requests: list[SearchHit] = []

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        return sum(map(len, (self.websites, self.windows, self.checks, self.sessions, self.requests)))
