"""Defines what rules read of a debug session: exchanges, console messages and the document."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.debugging.compare import normalise
from core.debugging.failures import BUSY, NAVIGATED_STARTS, NO_PAGE
from core.debugging.long_tasks import SOURCE, BusyScript, read_busy
from core.debugging.shown_page import ShownPage
from core.debugging.waterfall import Exchange
from core.diagnosis.finding import Row
from core.models import NetworkEventType

NOTICED_MS = 500.0  # after a long task, the browser notices the ends of requests within this time
Key = tuple[str, str, str]
"""Identifies the same exchange in another session: its method, its normalised URL and its operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleFact:
    """A console message."""

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
    """A debug session."""

    id: int
    started_at: datetime
    url: str
    success: bool | None = None
    error_message: str | None = None
    title: str | None = None
    milestones: Mapping[str, float] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers of the document after redirects; names in lower case."""
    text: str = ""
    """The beginning of the document's source."""
    json_errors: Mapping[str, str] = field(default_factory=dict)
    """Exchange id → error message in a JSON response whose status is below 400."""
    html_errors: Mapping[str, str] = field(default_factory=dict)
    """Exchange id → what the HTML of a frame or a response to a script, whose status is below 400, says of an error."""
    error_responses: Mapping[str, str] = field(default_factory=dict)
    """Exchange id → error message in a response to a script whose status is 400 or above."""
    invalid_json: Mapping[str, str] = field(default_factory=dict)
    """Exchange id → beginning of a response to a script that is not JSON, although its status is below 400."""
    json: Collection[str] = frozenset()
    """Exchange ids of valid JSON responses to scripts; responses too long to parse are in neither."""
    json_fields: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    """Exchange id of these responses → the fields with a value: see `core.diagnosis.json_fields`."""
    operations: Mapping[str, str] = field(default_factory=dict)
    """Exchange id → the operation that the request names: see `core.diagnosis.operation`."""
    open_sockets: Collection[str] = frozenset()
    """Exchange ids of WebSockets that were never closed."""
    refused_cookies: Mapping[str, str] = field(default_factory=dict)
    """Exchange id of a document → description of a rejected cookie: see `core.diagnosis.refused_cookies`."""
    is_compressed: bool = False
    """Whether the document is still compressed after the browser decoded it."""
    console: tuple[ConsoleFact, ...] = ()
    shown_page: ShownPage | None = None
    """What the page showed at the end; None if that is not recorded."""
    is_silent: bool = False
    """Whether the page did not answer when it was asked what it showed."""
    dialogs: tuple[str, ...] = ()
    """The messages of the dialogs that the page opened, such as those of ``alert``, the newest first."""
    ended_ms: float | None = None
    """The session's end in ms after its start; None if unknown."""

    @property
    def documents(self) -> tuple[Exchange, ...]:
        """The redirect chain of the page, and the failed document that a script or refresh in it opened, if any."""
        own = [exchange for exchange in self.exchanges if exchange.is_page_document]
        hops = own[:1]
        for exchange in own[1:]:
            if exchange.redirected_from == hops[-1].exchange_id:
                hops.append(exchange)
        if (self.error_message or "").startswith(NAVIGATED_STARTS):  # a script or refresh opened a document that failed
            hops += [exchange for exchange in own if exchange.is_failed and exchange not in hops][-1:]
        return tuple(hops)

    @property
    def document(self) -> Exchange | None:
        documents = self.documents
        return documents[-1] if documents else None

    @property
    def has_document(self) -> bool:
        """Whether the document arrived completely, without an error status."""
        document = self.document
        return document is not None and not document.is_failed and document.status_code is not None

    @property
    def is_empty(self) -> bool:
        """Whether the document arrived from the network with a success status that has content, but without any."""
        document = self.document
        if document is None or document.is_unfinished or document.from_cache:
            return False
        has_content = 200 <= (document.status_code or 0) < 300 and document.status_code not in NO_PAGE
        return has_content and document.decoded_bytes == 0

    @property
    def exceptions(self) -> list[ConsoleFact]:
        """The uncaught errors."""
        return [line for line in self.console if line.source == "exception"]

    @property
    def busy_scripts(self) -> list[BusyScript]:
        """The scripts that kept the main thread busy, from those whose longest task came first."""
        lines = [line for line in self.console if line.source == SOURCE]
        read = (read_busy(line.text, url=line.url, offset_ms=line.offset_ms) for line in lines)
        return [busy for busy in read if busy is not None]

    @property
    def shown(self) -> Exchange | None:
        """The document that the page showed last, after navigations by scripts and refreshes."""
        # Files of other programs do not say which documents belong to frames.
        own = [e for e in self.exchanges if e.resource_type == "document" and e.target == "page"]
        came = [e for e in own if not e.is_failed and e.outcome is NetworkEventType.RESPONSE and e.status_code]
        return came[-1] if came else self.document

    @property
    def is_busy(self) -> bool:
        """Whether a script kept the page from answering at the end."""
        return BUSY in (self.error_message or "")

    def lasted_ms(self, exchange: Exchange) -> float:
        """Return the duration of *exchange*, until the session's end if it was still open."""
        if exchange.outcome is NetworkEventType.REQUEST and self.ended_ms is not None:
            return max(0.0, self.ended_ms - exchange.started_ms)
        return exchange.duration_ms or 0.0

    def was_held_up(self, exchange: Exchange, scripts: Iterable[BusyScript]) -> bool:
        """Whether *exchange* took long because one of *scripts* kept the browser from noticing its end."""
        started, ended = exchange.started_ms, exchange.started_ms + self.lasted_ms(exchange)
        return any(
            busy.longest_at_ms <= ended <= busy.longest_end_ms + NOTICED_MS
            and min(ended, busy.longest_end_ms) - max(started, busy.longest_at_ms) >= (ended - started) / 2
            for busy in scripts
        )

    def key_of(self, exchange: Exchange) -> Key:
        """Return the key that identifies *exchange* in another session."""
        return exchange.method, normalise(exchange.url), self.operations.get(exchange.exchange_id, "")

    def rows_of(self, *exchanges: Exchange | None) -> tuple[Row, ...]:
        """Return references to *exchanges*, without those that are None, for a finding."""
        return tuple(Row(of="exchange", id=one.exchange_id, session_id=self.id) for one in exchanges if one is not None)

    def console_rows(self, lines: Iterable[ConsoleFact]) -> tuple[Row, ...]:
        """Return references to console messages for a finding."""
        return tuple(Row(of="console", id=line.id, session_id=self.id) for line in lines)
