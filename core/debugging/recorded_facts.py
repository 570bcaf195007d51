"""Defines the batches that a recorder returns: new and changed network events, console messages and files."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class FactKey(NamedTuple):
    """Identifies the stored row of a fact: the request of an exchange, or its end."""

    exchange_id: str
    is_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A new network event, or the changed fields of one that an earlier batch contained."""

    key: FactKey
    values: dict[str, Any]
    """Fields of a `core.models.NetworkEvent`: all fields of a new event, else those that changed."""
    is_new: bool


@dataclass(slots=True, kw_only=True)
class Batch:
    """Everything that was recorded since the previous batch."""

    facts: list[Fact] = field(default_factory=list)
    console: list[dict[str, Any]] = field(default_factory=list)
    """Each dict holds the fields of a `core.models.ConsoleMessage`."""
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    """Each dict holds the fields of a `core.models.SessionArtifact`."""

    def __bool__(self) -> bool:
        return bool(self.facts or self.console or self.artifacts)
