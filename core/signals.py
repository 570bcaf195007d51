"""How a page hears of what happened: facts are announced after their transaction, and name ids only.

Receivers run on the event loop, one after the other, in the sender's call. A fact is a
hint to look again and never the data itself, so a lost one costs a moment, not the truth.
`core.workers.bridge` takes them to the other processes on the same store.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

logger = logging.getLogger(__name__)

Fact = TypeVar("Fact")


class Signal(Generic[Fact]):
    """One kind of fact and whoever wants to hear of it."""

    def __init__(self, name: str, fact: type[Fact]) -> None:
        self.name = name
        self.fact = fact
        self._receivers: list[Callable[[Fact], None]] = []

    def connect(self, receiver: Callable[[Fact], None]) -> Callable[[], None]:
        """Call *receiver* with every later fact; returns the function that ends this."""
        self._receivers.append(receiver)

        def disconnect() -> None:
            if receiver in self._receivers:
                self._receivers.remove(receiver)

        return disconnect

    def send(self, fact: Fact) -> None:
        """Tell every receiver; one that fails is logged and does not keep the others from hearing."""
        for receiver in tuple(self._receivers):
            try:
                receiver(fact)
            except Exception:  # a page's mistake must not stop the monitor that tells it
                logger.exception("a receiver failed", extra={"signal": self.name})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecorded:
    """A check of a website was stored."""

    website_id: int
    check_id: int
    is_up: bool = False
    """That it says UP, so that whoever attends to failures alone need not look; False also where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChanged:
    """A downtime window was opened, closed or edited."""

    website_id: int
    window_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCaptured:
    """A batch of network events of a debug session was stored."""

    session_id: int
    event_ids: tuple[int, ...]
    """The rows that are new or were completed, in the order in which they were stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged:
    """A debug session was created, moved to another state, or was deleted."""

    session_id: int
    website_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStopRequested:
    """Somebody wants a debug session to end, whichever process runs it."""

    session_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteChanged:
    """A website was added, edited, paused, resumed or deleted."""

    website_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInEnded:
    """A browser was signed out: pages that it still has open must close."""

    sign_in_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceChanged:
    """A maintenance window was added, edited, ended or deleted."""

    window_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequested:
    """Somebody wants a website to be checked at once."""

    website_id: int
    request: str
    """What the answer will name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswered:
    """A check that was asked for has been made."""

    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorReported:
    """A monitor works, or stands by; told every few seconds, so that its silence is noticed."""

    monitor: str
    is_checking: bool
    """False while another one checks the websites of this store."""
    trouble: str | None
    """What keeps it from storing what it finds, in one sentence."""
    is_ending: bool = False
    spans_lost: int = 0
    """Since it started; see `core.tracing`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChanged:
    """What every page says of the monitor has changed; stays in its process."""


check_recorded = Signal("check_recorded", CheckRecorded)
window_changed = Signal("window_changed", WindowChanged)
event_captured = Signal("event_captured", EventCaptured)
session_changed = Signal("session_changed", SessionChanged)
session_stop_requested = Signal("session_stop_requested", SessionStopRequested)
website_changed = Signal("website_changed", WebsiteChanged)
sign_in_ended = Signal("sign_in_ended", SignInEnded)
maintenance_changed = Signal("maintenance_changed", MaintenanceChanged)
check_requested = Signal("check_requested", CheckRequested)
check_answered = Signal("check_answered", CheckAnswered)
monitor_reported = Signal("monitor_reported", MonitorReported)
health_changed = Signal("health_changed", HealthChanged)

CROSSING: tuple[Signal[Any], ...] = (
    check_recorded,
    window_changed,
    event_captured,
    session_changed,
    session_stop_requested,
    website_changed,
    sign_in_ended,
    maintenance_changed,
    check_requested,
    check_answered,
    monitor_reported,
)
"""What every process on the store hears, whichever says it."""
