"""Finds TLS problems: invalid or expiring certificates, and failed handshakes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.handshake import OLD
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.look_facts import AttemptFact, CertificateFact
from core.diagnosis.witness import Agreement, agreement
from core.diagnosis.words import listed, ms
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.verdict import Expectation
from core.phrases import counted, utc_minute

REFUSED = (
    ProbeErrorKind.TLS_EXPIRED,
    ProbeErrorKind.TLS_NOT_YET_VALID,
    ProbeErrorKind.TLS_WRONG_HOST,
    ProbeErrorKind.TLS_UNTRUSTED,
)
NOTHING_IN_COMMON = "it shares no TLS version or cipher with Watchwright"
NO_PROPER_TLS = "it does not speak TLS properly"  # a browser's ERR_SSL_PROTOCOL_ERROR says no more
BROKEN = (ProbeErrorKind.TLS_FAILED, ProbeErrorKind.CLOSED_IN_TLS, ProbeErrorKind.TIMEOUT_TLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A presented certificate and the time at which a look saw it."""

    certificate: CertificateFact
    at: datetime

    @property
    def is_expired(self) -> bool:
        return self.certificate.expires_at is not None and self.certificate.expires_at <= self.at

    @property
    def is_too_young(self) -> bool:
        return self.certificate.starts_at is not None and self.certificate.starts_at > self.at

    @property
    def is_self_signed(self) -> bool:
        return self.certificate.subject == self.certificate.issuer


def certificate(evidence: Evidence) -> Iterator[Finding]:
    """Report problems with the website's TLS."""
    yield from _refused(evidence)
    yield from _not_tls(evidence)
    yield from _broken(evidence)
    yield from _soon(evidence)


def _refused(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, (*REFUSED, Expectation.CERTIFICATE))
    if agreed is None:
        return
    seen = _seen(evidence)
    kinds = {testimony.kind for testimony in agreed.seen}
    faults = list(_faults(evidence.host, seen, kinds)) if seen is not None else []
    if seen is None or not faults:  # such as an expired certificate of the issuer
        yield from _unseen(evidence, agreed)
        return
    for kind, sentence in faults:
        yield Finding(
            kind=kind,
            sentence=sentence,
            confidence=Confidence.HIGH,
            why=f"{agreed.why} The served certificate shows this. {_chain(seen, kind)}",
            rows=agreed.rows + evidence.attempt_rows("tls"),
        )


def _faults(host: str, seen: Seen, kinds: set[str | None]) -> Iterator[tuple[Kind, str]]:
    """Yield every problem of the certificate, not only the one that the client reported."""
    served = seen.certificate
    if seen.is_expired and served.expires_at is not None:
        days = (seen.at - served.expires_at).days
        ago = f", {counted(days, 'day')} ago" if days else ""
        yield Kind.TLS_EXPIRED, f"The certificate of {host} expired on {utc_minute(served.expires_at)}{ago}."
    if seen.is_too_young and served.starts_at is not None:
        sentence = f"The certificate of {host} is not valid yet: it starts on {utc_minute(served.starts_at)}."
        yield Kind.TLS_NOT_YET_VALID, sentence
    if not covers(served, host):
        names = listed(served.names) if served.names else served.subject
        yield Kind.TLS_WRONG_HOST, f"The certificate of {host} is for another host: it names {names}, not {host}."
    if ProbeErrorKind.TLS_UNTRUSTED in kinds or (seen.is_self_signed and kinds & set(REFUSED)):
        what = "is self-signed" if seen.is_self_signed else f"was issued by {served.issuer}, {_untrusted(served)}"
        yield Kind.TLS_UNTRUSTED, f"The certificate of {host} is not trusted: it {what}."


def _untrusted(served: CertificateFact) -> str:
    if served.chain:
        return "which is not a trusted authority"
    return "and the server sends no intermediate certificate that leads to a trusted authority"


def _unseen(evidence: Evidence, agreed: Agreement) -> Iterator[Finding]:
    """Report what the client said, because no look has seen the fault."""
    words = {
        ProbeErrorKind.TLS_EXPIRED: (Kind.TLS_EXPIRED, "has expired"),
        ProbeErrorKind.TLS_NOT_YET_VALID: (Kind.TLS_NOT_YET_VALID, "is not valid yet"),
        ProbeErrorKind.TLS_WRONG_HOST: (Kind.TLS_WRONG_HOST, "is for another host"),
        ProbeErrorKind.TLS_UNTRUSTED: (Kind.TLS_UNTRUSTED, "is not trusted"),
    }
    for error_kind, (kind, what) in words.items():
        seen = [testimony for testimony in agreed.seen if testimony.kind == error_kind]
        if not seen:
            continue
        by_probe = next((testimony.words for testimony in seen if testimony.witness != "browser"), None)
        is_only_browser = by_probe is None and error_kind is ProbeErrorKind.TLS_EXPIRED
        yield Finding(
            kind=kind,
            sentence=by_probe or f"The certificate of {evidence.subject} {what}.",
            # Chromium has one code for both expired and not yet valid.
            confidence=Confidence.LIKELY if is_only_browser else agreed.confidence,
            why=agreed.why,
            rows=agreed.rows,
        )


def _not_tls(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, (ProbeErrorKind.TLS_PROTOCOL, *BROKEN))
    spoken = _spoken(evidence)
    if agreed is None or (spoken is None and all(testimony.kind in BROKEN for testimony in agreed.seen)):
        return
    is_vague = any("ERR_SSL_PROTOCOL_ERROR" in (testimony.words or "") for testimony in agreed.seen)
    fallback = NO_PROPER_TLS if is_vague else NOTHING_IN_COMMON
    reason = spoken or (agreed.own_words or "").partition(": ")[2].rstrip(".") or fallback
    proof = " A separate attempt that accepts every version shows what the server offers." if spoken else ""
    yield Finding(
        kind=Kind.TLS_PROTOCOL,
        sentence=f"TLS negotiation with {evidence.subject} failed on port {evidence.end_port}: {reason}.",
        confidence=agreed.confidence,
        why=f"{agreed.why} The connection was established, so a server listens there.{proof}",
        rows=agreed.rows + evidence.attempt_rows("tls"),
    )


def _spoken(evidence: Evidence) -> str | None:
    """Return what the port speaks instead of an acceptable TLS version, as a clause; None if unknown."""
    spoken = evidence.look.spoken if evidence.look and not evidence.is_elsewhere else None
    if spoken is None:
        return None
    if spoken.is_plain_http:
        return "it speaks plain HTTP there, not TLS"
    return f"it offers at most {spoken.tls_version}, which is no longer accepted" if spoken.tls_version in OLD else None


def _broken(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, BROKEN)
    if agreed is None or _spoken(evidence):
        return
    attempt = _attempt(evidence)
    after = f" Connecting took {ms(attempt.connect_ms)}." if attempt and attempt.connect_ms is not None else ""
    yield Finding(
        kind=Kind.TLS_FAILED,
        sentence=agreed.own_words or f"The TLS handshake with {evidence.host} failed.",
        confidence=agreed.confidence,
        why=agreed.why + after,
        rows=agreed.rows + evidence.attempt_rows("tls"),
    )


def _soon(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, (Expectation.CERTIFICATE,))
    seen = _seen(evidence)
    if seen is None:
        if agreed is not None:
            yield _expiring(evidence, agreed.words or "The certificate is about to expire.", agreed)
        return
    expires_at = seen.certificate.expires_at
    if expires_at is None or seen.is_expired:
        return
    left = expires_at - seen.at
    if agreed is None and left >= timedelta(days=evidence.certificate_days):
        return
    when = f"in {counted(left.days, 'day')}" if left.days else f"in {counted(left.seconds // 3600, 'hour')}"
    sentence = f"The certificate of {evidence.host} is about to expire: {when}, on {utc_minute(expires_at)}."
    yield _expiring(evidence, sentence, agreed)


def _expiring(evidence: Evidence, sentence: str, agreed: Agreement | None) -> Finding:
    return Finding(
        kind=Kind.TLS_EXPIRES_SOON,
        sentence=sentence,
        confidence=Confidence.HIGH if agreed else Confidence.NOTE,
        why="The served certificate shows this. It should have been renewed by now.",
        rows=(agreed.rows if agreed else ()) + evidence.attempt_rows("tls"),
    )


def covers(served: CertificateFact, host: str) -> bool:
    """Whether the certificate is valid for *host*: a name, a wildcard (RFC 9525, section 6.3) or an IP address."""
    names = served.names or _common_names(served.subject)
    return any(_matches(name.strip().lower().rstrip("."), host.lower().rstrip(".")) for name in names)


def _matches(name: str, host: str) -> bool:
    try:
        return ip_address(name) == ip_address(host.partition("%")[0])
    except ValueError:
        pass
    if name.startswith("*."):
        label, dot, rest = host.partition(".")
        return bool(label and dot) and rest == name[2:]
    return name == host


def _common_names(subject: str) -> list[str]:
    parts = (part.partition("=") for part in subject.split(","))
    return [value.strip() for name, _equals, value in parts if name.strip() == "CN"]


def _chain(seen: Seen, kind: Kind) -> str:
    if seen.certificate.chain:
        return f"Also sent: {listed(seen.certificate.chain)}."
    alone = "The server sent no other certificate."
    if kind is not Kind.TLS_UNTRUSTED or seen.is_self_signed:
        return alone
    return f"{alone} Browsers may get a missing one from its authority; other programs do not."


def _attempt(evidence: Evidence) -> AttemptFact | None:
    return next(iter(evidence.look.attempts), None) if evidence.look else None


def _seen(evidence: Evidence) -> Seen | None:
    if evidence.look is None or evidence.is_elsewhere:
        return None
    served = (attempt.certificate for attempt in evidence.look.attempts if attempt.certificate)
    first = next(served, None)
    return Seen(certificate=first, at=evidence.look.began_at) if first else None
