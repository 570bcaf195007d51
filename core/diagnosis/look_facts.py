"""What rules read of a look: how each step of a request went, on its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SYSTEM = "system"
"""The name of the operating system's own resolver."""


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
