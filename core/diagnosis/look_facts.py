"""Defines the results of a look: each step of a website's request, tried separately."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SYSTEM = "system"
"""The name of the operating system's own resolver."""
NO_ADDRESS = "it has no address"
"""`LookupFact.error` for a name that exists without an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupFact:
    """The answer of one resolver."""

    resolver: str
    """`SYSTEM`, or the address of a name server."""
    ms: float
    addresses: tuple[str, ...] = ()
    is_absent: bool = False
    """Whether the resolver says that the name does not exist, or has no address."""
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFact:
    """A certificate that a server presented."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    starts_at: datetime | None
    expires_at: datetime | None
    chain: tuple[str, ...] = ()
    """The subjects of the certificates that were presented with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFact:
    """A connection to one address, with a TLS handshake if the URL is https."""

    address: str
    connect_ms: float | None = None
    tls_ms: float | None = None
    error_kind: str | None = None
    error: str | None = None
    certificate: CertificateFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenFact:
    """What a port speaks after a failed TLS handshake."""

    tls_version: str | None = None
    """The version of a handshake that accepts everything, such as ``TLSv1.1``; None if even that fails."""
    is_plain_http: bool = False
    """Whether the port answers HTTP without TLS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HopFact:
    """One request of a redirect chain, and how it ended."""

    url: str
    address: str | None = None
    status: int | None = None
    location: str | None = None
    total_ms: float | None = None
    ttfb_ms: float | None = None
    download_ms: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers of `KEPT_HEADERS`, which identify the server; names in lower case."""
    title: str | None = None
    excerpt: str | None = None
    """The beginning of the body's text."""
    error_kind: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFact:
    """A look: each step of a request, tried separately."""

    id: int
    began_at: datetime
    is_good: bool = True
    """Whether the request succeeded as a check requires."""
    lookups: tuple[LookupFact, ...] = ()
    attempts: tuple[AttemptFact, ...] = ()
    spoken: SpokenFact | None = None
    """None if a TLS handshake succeeded, or if none was tried."""
    hops: tuple[HopFact, ...] = ()
    good_address: str | None = None
    """The address of the last good check, if the name resolves to others now."""
    good_hops: tuple[HopFact, ...] = ()
    """The same request, sent to `good_address`."""

    def lookup(self, resolver: str) -> LookupFact | None:
        return next((lookup for lookup in self.lookups if lookup.resolver == resolver), None)

    @property
    def second(self) -> LookupFact | None:
        """The answer of the second resolver; None if it was not asked."""
        return next((lookup for lookup in self.lookups if lookup.resolver != SYSTEM), None)

    @property
    def last(self) -> HopFact | None:
        """The last request of the redirect chain."""
        return self.hops[-1] if self.hops else None
