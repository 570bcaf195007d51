"""What a recorder hands on: network events that are new or have changed, console messages, files."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class FactKey(NamedTuple):
    """Which stored row a fact belongs to: an exchange's request, or its end."""

    exchange_id: str
    is_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A network event that is new, or what has changed of one that was taken before."""

    key: FactKey
    values: dict[str, Any]
    """Fields of a `core.models.NetworkEvent`: all of a new one, else those that changed."""
    is_new: bool


@dataclass(slots=True, kw_only=True)
class Batch:
    """What has happened since the last batch was taken."""

    facts: list[Fact] = field(default_factory=list)
    console: list[dict[str, Any]] = field(default_factory=list)
    """Fields of a `core.models.ConsoleMessage` each."""
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    """Fields of a `core.models.SessionArtifact` each."""

    def __bool__(self) -> bool:
        return bool(self.facts or self.console or self.artifacts)
