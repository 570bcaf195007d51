"""Records spans: what was done, for how long and with which result (docs/tracing.md).

Without a collector (`use`), each call costs one look at a variable. `core.workers.otlp` sends the spans and imports
OpenTelemetry; this module is what all other code calls.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Value = str | int | float | bool
Facts = Mapping[str, Value | None]
"""Attributes, with OpenTelemetry's names where they exist; None values are omitted."""
Kind = Literal["internal", "server", "client", "producer"]


class Span(Protocol):
    """An operation in progress."""

    def note(self, facts: Facts) -> None:
        """Add attributes."""

    def rename(self, name: str) -> None:
        """Change the name."""

    def fail(self, kind: str, words: str = "") -> None:
        """Mark it as failed: *kind* is for programs, *words* are for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedSpan:
    """A finished operation that its caller has timed."""

    name: str
    kind: Kind
    began_at: datetime
    ended_at: datetime
    facts: Facts
    moments: Sequence[tuple[str, datetime]] = ()
    """Events within it, in order."""
    failure: tuple[str, str] | None = None
    """Its kind and the reason."""


class Tracing(Protocol):
    """Collects spans without blocking the caller."""

    def span(
        self, name: str, kind: Kind, facts: Facts, request_headers: Mapping[str, str]
    ) -> AbstractContextManager[Span]: ...
    def tell(self, done: FinishedSpan) -> None: ...

    @property
    def lost(self) -> int: ...


class _Discarded:
    """A span without a collector."""

    def note(self, facts: Facts) -> None:
        pass

    def rename(self, name: str) -> None:
        pass

    def fail(self, kind: str, words: str = "") -> None:
        pass


_DISCARDED = nullcontext(_Discarded())
_used: list[Tracing] = []  # one or none


def use(tracing: Tracing | None) -> None:
    """Send all later spans to *tracing*; None discards them."""
    _used[:] = [] if tracing is None else [tracing]


def is_on() -> bool:
    """Whether spans are collected; if not, callers can skip building their attributes."""
    return bool(_used)


def span(
    name: str, facts: Facts | None = None, *, kind: Kind = "internal", request_headers: Mapping[str, str] | None = None
) -> AbstractContextManager[Span]:
    """Time the block; an exception that leaves it marks the span as failed.

    Args:
        name: Of the operation.
        facts: Its attributes.
        kind: Its role towards other processes.
        request_headers: A request's headers, whose trace the span continues (W3C Trace Context).
    """
    return _used[0].span(name, kind, facts or {}, request_headers or {}) if _used else _DISCARDED


def tell(done: FinishedSpan) -> None:
    """Record a finished operation."""
    if _used:
        _used[0].tell(done)


def lost() -> int:
    """Return how many spans of this process the collector did not accept."""
    return _used[0].lost if _used else 0
