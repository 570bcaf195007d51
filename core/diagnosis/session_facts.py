"""What rules read of a debug session: the exchanges, the console and the document that the browser saw."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.debugging.compare import normalise
from core.debugging.failures import BUSY, LED_ON
from core.debugging.waterfall import Exchange
from core.diagnosis.finding import Row
from core.models import NetworkEventType

Key = tuple[str, str, str]
"""By what an exchange is known again in another session: its method, its URL without what changes, its operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleFact:
    """A line of the page's console."""

    id: int
    level: str
    source: str
    text: str
    url: str | None = None
    line_number: int | None = None
    exchange_id: str | None = None
    offset_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFact:
    """What the browser saw."""

    id: int
    started_at: datetime
    url: str
    success: bool | None = None
    error_message: str | None = None
    title: str | None = None
    milestones: Mapping[str, float] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the document's final answer; names in lower case."""
    text: str = ""
    """How the document begins, as it was sent."""
    json_errors: Mapping[str, str] = field(default_factory=dict)
    """The words in which answers of a good status tell scripts of an error, by exchange id."""
    invalid_json: Mapping[str, str] = field(default_factory=dict)
    """How answers of a good status to scripts begin that are no JSON, by exchange id."""
    json: Collection[str] = frozenset()
    """Those that are, by exchange id; of one that is too long to be looked into nobody knows."""
    operations: Mapping[str, str] = field(default_factory=dict)
    """What calls of an address that serves many ask for, by exchange id: see `core.diagnosis.operation`."""
    open_sockets: Collection[str] = frozenset()
    """The WebSockets that nobody closed, by exchange id."""
    refused_cookies: Mapping[str, str] = field(default_factory=dict)
    """Of documents, by exchange id: see `core.diagnosis.refused_cookies`."""
    is_compressed: bool = False
    """Whether what the browser took for the document is still compressed."""
    console: tuple[ConsoleFact, ...] = ()
    ended_ms: float | None = None
    """When it was over, after its start; None where nobody says."""

    @property
    def documents(self) -> tuple[Exchange, ...]:
        """The page's own hops: redirects and the document where they end, or to which it led on in vain."""
        own = [e for e in self.exchanges if e.resource_type == "document" and e.target in (None, "page")]
        hops = own[:1]
        for exchange in own[1:]:
            if exchange.redirected_from == hops[-1].exchange_id:
                hops.append(exchange)
        if (self.error_message or "").startswith(LED_ON):  # by a script or a refresh, to one that failed
            hops += [exchange for exchange in own if exchange.is_failed and exchange not in hops][-1:]
        return tuple(hops)

    @property
    def document(self) -> Exchange | None:
        documents = self.documents
        return documents[-1] if documents else None

    @property
    def has_document(self) -> bool:
        """Whether the browser got the document whole."""
        document = self.document
        return document is not None and not document.is_failed and document.status_code is not None

    @property
    def exceptions(self) -> list[ConsoleFact]:
        """The errors that nothing caught."""
        return [line for line in self.console if line.source == "exception"]

    @property
    def shown(self) -> Exchange | None:
        """What the page ended on: its document, or that to which a script or a refresh led on from there."""
        # Of other programs' files nobody knows which documents are of frames.
        own = [e for e in self.exchanges if e.resource_type == "document" and e.target == "page"]
        came = [e for e in own if not e.is_failed and e.outcome is NetworkEventType.RESPONSE and e.status_code]
        return came[-1] if came else self.document

    @property
    def is_busy(self) -> bool:
        """Whether the page answered to nothing in the end."""
        return BUSY in (self.error_message or "")

    def lasted_ms(self, exchange: Exchange) -> float:
        """How long *exchange* took, or had taken when the session was over."""
        if exchange.outcome is NetworkEventType.REQUEST and self.ended_ms is not None:
            return max(0.0, self.ended_ms - exchange.started_ms)
        return exchange.duration_ms or 0.0

    def key_of(self, exchange: Exchange) -> Key:
        """By what *exchange* is known again in another session."""
        return exchange.method, normalise(exchange.url), self.operations.get(exchange.exchange_id, "")

    def row_of(self, exchange: Exchange) -> Row:
        """What a finding names that rests on *exchange*."""
        return Row(of="exchange", id=exchange.exchange_id, session_id=self.id)
