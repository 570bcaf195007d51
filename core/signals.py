"""Announces what has changed to pages and other components, after the transaction, with ids only.

Receivers run on the event loop, one after the other, within the sender's call. A fact only tells a receiver to read
the store again, so a lost one causes a short delay but no wrong data. `core.workers.bridge` forwards facts to the
other processes on the same store.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

logger = logging.getLogger(__name__)

Fact = TypeVar("Fact")


class Signal(Generic[Fact]):
    """One kind of fact and its receivers."""

    def __init__(self, name: str, fact: type[Fact]) -> None:
        self.name = name
        self.fact = fact
        self._receivers: list[Callable[[Fact], None]] = []

    def connect(self, receiver: Callable[[Fact], None]) -> Callable[[], None]:
        """Call *receiver* with every later fact; returns a function that disconnects it."""
        self._receivers.append(receiver)

        def disconnect() -> None:
            if receiver in self._receivers:
                self._receivers.remove(receiver)

        return disconnect

    def send(self, fact: Fact) -> None:
        """Call every receiver; an exception in one is logged and the others are still called."""
        for receiver in tuple(self._receivers):
            try:
                receiver(fact)
            except Exception:  # a bug in a page must not stop the monitor that sends the fact
                logger.exception("a receiver failed", extra={"signal": self.name})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecorded:
    """A check of a website was stored."""

    website_id: int
    check_id: int
    is_up: bool = False
    """Whether the check is UP, so that receivers interested in failures only can ignore it; False if unknown."""


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
    """The rows that were added or completed, in the order in which they were stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged:
    """A debug session was created, moved to another state, or was deleted."""

    session_id: int
    website_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStopRequested:
    """Somebody requested the end of a debug session; whichever process runs it must stop it."""

    session_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteChanged:
    """A website was added, edited, paused, resumed or deleted."""

    website_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInEnded:
    """A browser was signed out: its open pages must close."""

    sign_in_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceChanged:
    """A maintenance window was added, edited, ended or deleted."""

    window_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequested:
    """Somebody requested an immediate check of a website."""

    website_id: int
    request: str
    """Identifies this request in `CheckAnswered`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswered:
    """A requested check has been made."""

    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorReported:
    """A monitor reports every few seconds whether it works or stands by, so that a missing report is noticed."""

    monitor: str
    is_checking: bool
    """False while another monitor checks the websites of this store."""
    trouble: str | None
    """Why it cannot store its checks, in one sentence."""
    is_ending: bool = False
    spans_lost: int = 0
    """Since its start; see `core.tracing`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChanged:
    """The monitor's state that every page shows has changed; not forwarded to other processes."""


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
"""Signals that are forwarded to every process on the store."""
