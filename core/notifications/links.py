"""Builds the links in messages. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Builds absolute URLs of pages, for readers of messages."""

    root: str
    """For instance ``https://watch.example.org``, without a trailing slash."""

    @property
    def overview(self) -> str:
        return f"{self.root}/"

    def window(self, window_id: int) -> str:
        return f"{self.root}/downtime/{window_id}"

    def acknowledge(self, ticket: str) -> str:
        return f"{self.root}/acknowledge?ticket={ticket}"

    def artifact(self, session_id: int, artifact_id: int) -> str:
        return f"{self.root}/api/v1/debug-sessions/{session_id}/artifacts/{artifact_id}"

    def session(self, session_id: int) -> str:
        return f"{self.root}/debug-sessions/{session_id}"

    def website(self, website_id: int) -> str:
        return f"{self.root}/websites/{website_id}"
