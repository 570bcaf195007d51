"""What rules read: frozen copies of checks, looks and sessions, so that they know neither store nor network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.addresses import meant_port
from core.debugging.compare import normalise
from core.debugging.failures import BUSY, LED_ON
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.finding import Row
from core.models import MonitorStatus, NetworkEventType

SYSTEM = "system"
"""The name of the operating system's own resolver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFact:
    """One monitor check."""

    id: int
    status: MonitorStatus
    checked_at: datetime
    http_status_code: int | None = None
    response_time_ms: float | None = None
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    ttfb_ms: float | None = None
    download_ms: float | None = None
    final_url: str | None = None
    remote_address: str | None = None
    error_kind: str | None = None
    """A `ProbeErrorKind` or an `Expectation`."""
    error_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupFact:
    """How one resolver answered."""

    resolver: str
    """`SYSTEM`, or the address of a name server."""
    ms: float
    addresses: tuple[str, ...] = ()
    is_absent: bool = False
    """The name does not exist there, which is an answer."""
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFact:
    """A certificate as it was served."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    starts_at: datetime | None
    expires_at: datetime | None
    chain: tuple[str, ...] = ()
    """The subjects of what was served with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFact:
    """A connection, and a handshake where the URL is https, to one address."""

    address: str
    connect_ms: float | None = None
    tls_ms: float | None = None
    error_kind: str | None = None
    error: str | None = None
    certificate: CertificateFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenFact:
    """What a port speaks with which no secure connection could be made."""

    tls_version: str | None = None
    """Of a handshake in which everything goes, such as ``TLSv1.1``; None where even that fails."""
    is_plain_http: bool = False
    """Whether it answers HTTP without TLS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HopFact:
    """One request and how it ended."""

    url: str
    address: str | None = None
    status: int | None = None
    location: str | None = None
    total_ms: float | None = None
    ttfb_ms: float | None = None
    download_ms: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those that tell who answered; names in lower case."""
    title: str | None = None
    excerpt: str | None = None
    """How its text begins."""
    error_kind: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFact:
    """A differential look: each step of a request on its own."""

    id: int
    began_at: datetime
    is_good: bool = True
    """Whether the request went as a check would have it."""
    lookups: tuple[LookupFact, ...] = ()
    attempts: tuple[AttemptFact, ...] = ()
    spoken: SpokenFact | None = None
    """None where a secure connection was made, or none was tried."""
    hops: tuple[HopFact, ...] = ()
    good_address: str | None = None
    """Where it was good before, if that is another address than now."""
    good_hops: tuple[HopFact, ...] = ()
    """The same request, asked of `good_address`."""

    def lookup(self, resolver: str) -> LookupFact | None:
        return next((lookup for lookup in self.lookups if lookup.resolver == resolver), None)

    @property
    def second(self) -> LookupFact | None:
        """What the second resolver says."""
        return next((lookup for lookup in self.lookups if lookup.resolver != SYSTEM), None)

    @property
    def last(self) -> HopFact | None:
        """How the request ended."""
        return self.hops[-1] if self.hops else None


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
    told_errors: Mapping[str, str] = field(default_factory=dict)
    """The words in which answers of a good status tell scripts of an error, by exchange id."""
    operations: Mapping[str, str] = field(default_factory=dict)
    """What calls of an address that serves many ask for, by exchange id: see `core.diagnosis.operation`."""
    is_compressed: bool = False
    """Whether what the browser took for the document is still compressed."""
    console: tuple[ConsoleFact, ...] = ()

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

    def key_of(self, exchange: Exchange) -> tuple[str, str, str]:
        """By what *exchange* is known again in another session."""
        return exchange.method, normalise(exchange.url), self.operations.get(exchange.exchange_id, "")

    def row_of(self, exchange: Exchange) -> Row:
        """What a finding names that rests on *exchange*."""
        return Row(of="exchange", id=exchange.exchange_id, session_id=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of one failure, or of one session."""

    url: str
    checks: tuple[CheckFact, ...] = ()
    """Those that failed or were degraded, oldest first."""
    good_check: CheckFact | None = None
    """The last one before that was good."""
    look: LookFact | None = None
    good_look: LookFact | None = None
    session: SessionFact | None = None
    good_session: SessionFact | None = None
    certificate_days: int = 14
    accepted_statuses: str = "200-399"
    """What the website may answer with; see `CheckOptions.accepted_statuses`."""

    @property
    def good_page(self) -> SessionFact | None:
        """The good session, where its document came: what a page is compared with."""
        return self.good_session if self.good_session and self.good_session.has_document else None

    @property
    def end_url(self) -> str:
        """Where its request ended: another address than its own where it redirects."""
        if self.look is not None and len(self.look.hops) > 1:
            return self.look.hops[-1].url
        if self.session is not None and len(self.session.documents) > 1:
            return self.session.documents[-1].url
        final = self.check.final_url if self.check else None
        return final or self.url

    @property
    def is_elsewhere(self) -> bool:
        """Whether its request ended at another host or port than its own."""
        return _host_and_port(self.end_url) != _host_and_port(self.url)

    @property
    def subject(self) -> str:
        """The host at which its request ended, as a sentence begins with it."""
        end = _host_and_port(self.end_url)[0]
        return f"{end}, to which {self.host} redirects," if end != self.host else end

    @property
    def host(self) -> str:
        return split_recorded(self.url).hostname or self.url

    @property
    def end_port(self) -> int:
        """The port at which its request ended."""
        return _host_and_port(self.end_url)[1]

    @property
    def check(self) -> CheckFact | None:
        """The failing check that began it."""
        return self.checks[0] if self.checks else None


def _host_and_port(url: str) -> tuple[str, int]:
    parts = split_recorded(url)
    return parts.hostname or url, meant_port(parts)
