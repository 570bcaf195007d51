"""Spans: what was done, for how long and how it went, for whoever collects them (docs/tracing.md).

Nobody does until `use` was called: then each of these costs one look at a variable. What sends them, with all that
OpenTelemetry needs, is `core.workers.otlp`; here is only what those know who have something to tell.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Value = str | int | float | bool
Facts = Mapping[str, Value | None]
"""Attributes by OpenTelemetry's names where it has some; what is None is left out."""
Kind = Literal["internal", "server", "client", "producer"]


class Span(Protocol):
    """Something that is being done."""

    def note(self, facts: Facts) -> None:
        """Add what is known of it by now."""

    def rename(self, name: str) -> None:
        """Call it otherwise than at first."""

    def fail(self, kind: str, words: str = "") -> None:
        """Say that it went wrong: of which *kind*, for programs, and why, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something that is over, and was timed by whoever did it."""

    name: str
    kind: Kind
    began_at: datetime
    ended_at: datetime
    facts: Facts
    moments: Sequence[tuple[str, datetime]] = ()
    """What happened when, in order."""
    failure: tuple[str, str] | None = None
    """Of which kind, and why."""


class Tracing(Protocol):
    """Takes spans, and keeps nobody waiting."""

    def span(self, name: str, kind: Kind, facts: Facts, heard: Mapping[str, str]) -> AbstractContextManager[Span]: ...
    def tell(self, done: Done) -> None: ...

    @property
    def lost(self) -> int: ...


class _Untold:
    """The span that nobody collects."""

    def note(self, facts: Facts) -> None:
        pass

    def rename(self, name: str) -> None:
        pass

    def fail(self, kind: str, words: str = "") -> None:
        pass


_UNTOLD = nullcontext(_Untold())
_used: list[Tracing] = []  # one or none


def use(tracing: Tracing | None) -> None:
    """Have spans taken by *tracing* from now on; by nobody where it is None."""
    _used[:] = [] if tracing is None else [tracing]


def is_on() -> bool:
    """Whether anybody takes spans: what a span says need not be put together for nobody."""
    return bool(_used)


def span(
    name: str, facts: Facts | None = None, *, kind: Kind = "internal", heard: Mapping[str, str] | None = None
) -> AbstractContextManager[Span]:
    """Time what is done within; an exception that leaves it is its failure.

    Args:
        heard: Headers of a request, by which its own trace goes on here (W3C Trace Context).
    """
    return _used[0].span(name, kind, facts or {}, heard or {}) if _used else _UNTOLD


def tell(done: Done) -> None:
    """Tell of something that is over."""
    if _used:
        _used[0].tell(done)


def lost() -> int:
    """How many spans of this process were not taken by whoever collects them."""
    return _used[0].lost if _used else 0
