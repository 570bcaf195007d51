"""Folds network events into exchanges: one waterfall row for each request with its response. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from core.debugging.failures import is_failed
from core.models import Interruption, NetworkEvent, NetworkEventType


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """The phases of an exchange in ms, in order; None for a phase that did not take place.

    The Resource Timing model with HAR 1.2's names: queued and stalled are HAR's ``blocked``, waiting is its ``wait``.
    """

    queued_ms: float | None = None
    """Until the browser's network service accepted the request."""
    stalled_ms: float | None = None
    """Until the browser reused a connection or began to open one."""
    dns_ms: float | None = None
    connect_ms: float | None = None
    """TCP only; `tls_ms` is the TLS handshake, which HAR's ``connect`` includes."""
    tls_ms: float | None = None
    sent_ms: float | None = None
    waiting_ms: float | None = None
    download_ms: float | None = None

    @property
    def total_ms(self) -> float:
        return sum(getattr(self, field.name) or 0.0 for field in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request with its response so far, without bodies, which stay in the store."""

    exchange_id: str
    url: str
    method: str
    started_ms: float
    """Relative to the session's start, on the session's monotonic clock."""
    duration_ms: float | None
    """None while the exchange is open."""
    phases: Phases
    outcome: NetworkEventType
    """REQUEST while the exchange is open, else how it ended."""
    status_code: int | None
    status_text: str | None
    error_message: str | None
    interruption: str | None
    """A `core.models.Interruption`; None if the browser reported the end."""
    resource_type: str | None
    mime_type: str | None
    protocol: str | None
    remote_address: str | None
    connection_id: str | None
    is_connection_reused: bool | None
    priority: str | None
    initiator: dict[str, Any] | None
    from_cache: str | None
    encoded_bytes: int | None
    decoded_bytes: int | None
    redirected_from: str | None
    preflight_for: str | None
    target: str | None

    @property
    def end_ms(self) -> float:
        """The end, relative to the session's start; the exchange's start while it is open."""
        return self.started_ms + (self.duration_ms or 0.0)

    @property
    def is_call(self) -> bool:
        """Whether a script requested data, by XMLHttpRequest or ``fetch``."""
        return self.resource_type in ("xhr", "fetch")

    @property
    def is_code(self) -> bool:
        """Whether it is a script or a style sheet."""
        return self.resource_type in ("script", "stylesheet")

    @property
    def is_html(self) -> bool:
        """Whether the response is HTML, by its Content-Type."""
        return (self.mime_type or "").startswith(("text/html", "application/xhtml"))

    @property
    def is_page_document(self) -> bool:
        """Whether it is a document of the page, not of a frame; in a file of another program, any document."""
        return self.resource_type == "document" and self.target in (None, "page")

    @property
    def is_failed(self) -> bool:
        return is_failed(self.outcome, self.status_code, url=self.url, resource_type=self.resource_type)

    @property
    def is_unfinished(self) -> bool:
        """Whether the response was incomplete when the session ended."""
        return self.interruption == Interruption.SESSION_END

    @property
    def is_left(self) -> bool:
        """Whether the page was left before a response arrived."""
        return self.interruption == Interruption.NAVIGATION


def rows(events: Iterable[NetworkEvent]) -> list[Exchange]:
    """Fold the events of one session, in any order, into its exchanges, sorted by start, then by id.

    Each event without an exchange id becomes its own exchange.
    """
    exchanges = [fold(exchange_id, several) for exchange_id, several in by_exchange(events).items()]
    return sorted(exchanges, key=lambda exchange: (exchange.started_ms, exchange.exchange_id))


def by_exchange(events: Iterable[NetworkEvent]) -> dict[str, list[NetworkEvent]]:
    """Group events by exchange, each group in order: the request, the response, then an error after the response."""
    grouped: dict[str, list[NetworkEvent]] = {}
    for position, event in enumerate(events):
        grouped.setdefault(event.exchange_id or f"event-{event.id or position}", []).append(event)
    return {exchange_id: sorted(several, key=_by_kind) for exchange_id, several in grouped.items()}


def fold(exchange_id: str, events: Sequence[NetworkEvent]) -> Exchange:
    """Merge the events of one exchange, in the order of `by_exchange`; values of later events replace earlier ones."""
    known = {name: value for event in events for name in _MERGED if (value := getattr(event, name)) is not None}
    last = events[-1]
    return Exchange(
        exchange_id=exchange_id,
        url=events[0].url,
        method=str(known.get("method") or "GET"),
        started_ms=known.get("started_ms") or 0.0,
        duration_ms=last.duration_ms if last.event_type != NetworkEventType.REQUEST else None,
        phases=Phases(**{name: ms for name, ms in (known.get("phases") or {}).items() if name in PHASE_NAMES}),
        outcome=last.event_type,
        **{name: known.get(name) for name in FACTS},
    )


PHASE_NAMES = tuple(field.name for field in fields(Phases))
FACTS = (
    "status_code",
    "status_text",
    "error_message",
    "interruption",
    "resource_type",
    "mime_type",
    "protocol",
    "remote_address",
    "connection_id",
    "is_connection_reused",
    "priority",
    "initiator",
    "from_cache",
    "encoded_bytes",
    "decoded_bytes",
    "redirected_from",
    "preflight_for",
    "target",
)
_MERGED = ("method", "started_ms", "phases", *FACTS)
_KINDS = {NetworkEventType.REQUEST: 0, NetworkEventType.RESPONSE: 1, NetworkEventType.REDIRECT: 1}


def _by_kind(event: NetworkEvent) -> tuple[int, int]:
    return _KINDS.get(event.event_type, 2), event.id or 0
