"""What a recorder hands on: network events that are new or have changed, console messages, files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

IDENTITY = ("exchange_id", "event_type", "url", "timestamp")  # a change says what it is a change of
PAYLOADS = ("request_payload", "response_payload")


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


class Taken:
    """What has been handed on of each row, but for payloads, so that only what is new is handed on."""

    def __init__(self) -> None:
        self._values: dict[FactKey, dict[str, Any]] = {}

    def __contains__(self, key: FactKey) -> bool:
        return key in self._values

    def news(self, key: FactKey, values: dict[str, Any]) -> Iterator[Fact]:
        """The fact that *values*, which become ours, make; none when nothing of them is new."""
        payloads = {name: values.pop(name) for name in PAYLOADS if name in values}
        before = self._values.get(key)
        if before == values and not payloads:
            return
        self._values[key] = values
        if before is None:
            yield Fact(key=key, values=values | payloads, is_new=True)
            return
        changes = {name: value for name, value in values.items() if before.get(name) != value}
        yield Fact(key=key, values={name: values[name] for name in IDENTITY} | changes | payloads, is_new=False)


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
