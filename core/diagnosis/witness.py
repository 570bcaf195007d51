"""Compares what the check, the look and the browser saw: each is a witness of the same failure. Pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from core.debugging.waterfall import Exchange
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Row
from core.diagnosis.kinds import Confidence
from core.diagnosis.words import listed
from core.models import NetworkEventType
from core.monitoring.curl_errors import ProbeErrorKind
from core.schemas.patterns import status_ranges

NET_ERROR = re.compile(r"\(([A-Z][A-Z0-9_]+)\)\.?$")

# Chromium's error codes (net/base/net_error_list.h) → the probe's error kinds.
NET_KINDS = {
    "ERR_NAME_NOT_RESOLVED": ProbeErrorKind.DNS_NOT_FOUND,
    "ERR_NAME_RESOLUTION_FAILED": ProbeErrorKind.DNS_FAILED,
    "ERR_DNS_TIMED_OUT": ProbeErrorKind.TIMEOUT_DNS,
    "ERR_CONNECTION_REFUSED": ProbeErrorKind.CONNECT_REFUSED,
    "ERR_CONNECTION_FAILED": ProbeErrorKind.CONNECT_FAILED,
    "ERR_ADDRESS_UNREACHABLE": ProbeErrorKind.CONNECT_FAILED,
    "ERR_CONNECTION_TIMED_OUT": ProbeErrorKind.TIMEOUT_CONNECT,
    "ERR_TIMED_OUT": ProbeErrorKind.TIMEOUT_ANSWER,
    "ERR_CERT_COMMON_NAME_INVALID": ProbeErrorKind.TLS_WRONG_HOST,
    "ERR_CERT_AUTHORITY_INVALID": ProbeErrorKind.TLS_UNTRUSTED,
    "ERR_CERT_DATE_INVALID": ProbeErrorKind.TLS_EXPIRED,
    "ERR_SSL_PROTOCOL_ERROR": ProbeErrorKind.TLS_PROTOCOL,
    "ERR_SSL_VERSION_OR_CIPHER_MISMATCH": ProbeErrorKind.TLS_PROTOCOL,
    "ERR_SSL_CLIENT_AUTH_CERT_NEEDED": ProbeErrorKind.TLS_FAILED,
    "ERR_BAD_SSL_CLIENT_AUTH_CERT": ProbeErrorKind.TLS_FAILED,
    "ERR_CERT_INVALID": ProbeErrorKind.TLS_UNTRUSTED,
    "ERR_CERT_REVOKED": ProbeErrorKind.TLS_UNTRUSTED,
    "ERR_CERT_WEAK_KEY": ProbeErrorKind.TLS_UNTRUSTED,
    "ERR_CERT_WEAK_SIGNATURE_ALGORITHM": ProbeErrorKind.TLS_UNTRUSTED,
    "ERR_TOO_MANY_REDIRECTS": ProbeErrorKind.REDIRECT_LOOP,
    "ERR_UNSAFE_REDIRECT": ProbeErrorKind.REDIRECT_REFUSED,
    "ERR_EMPTY_RESPONSE": ProbeErrorKind.CLOSED_BEFORE_ANSWER,
    "ERR_CONNECTION_CLOSED": ProbeErrorKind.CLOSED_BEFORE_ANSWER,
    "ERR_CONNECTION_RESET": ProbeErrorKind.CLOSED_BEFORE_ANSWER,
    "ERR_CONTENT_LENGTH_MISMATCH": ProbeErrorKind.CLOSED_IN_ANSWER,
    "ERR_INCOMPLETE_CHUNKED_ENCODING": ProbeErrorKind.CLOSED_IN_ANSWER,
    "ERR_INVALID_CHUNKED_ENCODING": ProbeErrorKind.PROTOCOL,
    "ERR_INVALID_HTTP_RESPONSE": ProbeErrorKind.PROTOCOL,
    "ERR_CONTENT_DECODING_FAILED": ProbeErrorKind.PROTOCOL,
    "ERR_HTTP2_PROTOCOL_ERROR": ProbeErrorKind.PROTOCOL,
    "ERR_INVALID_RESPONSE": ProbeErrorKind.PROTOCOL,
    "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_DISPOSITION": ProbeErrorKind.PROTOCOL,
    "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH": ProbeErrorKind.PROTOCOL,
    "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION": ProbeErrorKind.PROTOCOL,
    "ERR_RESPONSE_HEADERS_TRUNCATED": ProbeErrorKind.CLOSED_IN_ANSWER,
    "ERR_RESPONSE_HEADERS_TOO_BIG": ProbeErrorKind.HEADERS_TOO_LARGE,
    "ERR_PROXY_CONNECTION_FAILED": ProbeErrorKind.PROXY,
    "ERR_TUNNEL_CONNECTION_FAILED": ProbeErrorKind.PROXY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """How the website's request went, as seen by one witness."""

    witness: str
    """check, look or browser."""
    kind: str | None
    """A `ProbeErrorKind` or an `Expectation`; None if the request succeeded."""
    status: int | None
    words: str | None
    row: Row


def testimonies(evidence: Evidence) -> Iterator[Testimony]:
    """Yield the testimony of each available witness, the check first."""
    if evidence.check is not None:
        check = evidence.check
        yield Testimony(
            witness="check",
            kind=check.error_kind,
            status=check.http_status_code,
            words=check.error_message,
            row=check.row,
        )
    if evidence.look is not None and (last := evidence.look.last) is not None:
        kind = last.error_kind or (None if evidence.look.is_good else "status")
        row = Row(of="look", id=evidence.look.id, step="request")
        yield Testimony(witness="look", kind=kind, status=last.status, words=last.error, row=row)
    if evidence.session is not None and (document := evidence.session.document) is not None:
        kind, (row,) = _browser_kind(document, evidence), evidence.session.rows_of(document)
        status = document.status_code
        yield Testimony(witness="browser", kind=kind, status=status, words=document.error_message, row=row)


def _browser_kind(document: Exchange, evidence: Evidence) -> str | None:
    kind: str | None = NET_KINDS.get(net_error(document) or "")
    if kind is None and document.outcome is NetworkEventType.TIMEOUT and document.status_code is None:
        kind = ProbeErrorKind.TIMEOUT_ANSWER  # no response until the session ended
    if kind is None and document.status_code is not None and not _is_accepted(document.status_code, evidence):
        kind = "status"
    return kind


def _is_accepted(status: int, evidence: Evidence) -> bool:
    check = evidence.check
    if check is not None and (check.error_kind, check.http_status_code) == ("status", status):
        return False
    return status < 400 or any(status in codes for codes in status_ranges(evidence.accepted_statuses))


def net_error(exchange: Exchange) -> str | None:
    """Return the browser's error code for a failed exchange, such as ``ERR_CONNECTION_REFUSED``; None without one."""
    found = NET_ERROR.search(exchange.error_message or "")
    return found.group(1) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The witnesses that saw a failure of certain kinds, and the closer look if it saw a success."""

    seen: tuple[Testimony, ...]
    well: tuple[Testimony, ...]

    @property
    def confidence(self) -> Confidence:
        """LIKELY if the closer look saw a success, else HIGH."""
        return Confidence.LIKELY if self.well else Confidence.HIGH

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(testimony.row for testimony in self.seen)

    @property
    def words(self) -> str | None:
        """The first witness's error message; None if no witness has one."""
        return next(filter(None, (seen.words for seen in self.seen)), None)

    @property
    def own_words(self) -> str | None:
        """The same without the browser, whose messages do not name the website."""
        return next(filter(None, (seen.words for seen in self.seen if seen.witness != "browser")), None)

    @property
    def why(self) -> str:
        """One or two sentences that name the witnesses."""
        names = {"check": "the check", "look": "the closer look right after it", "browser": "the browser"}
        seen = [names[testimony.witness] for testimony in self.seen]
        words = f"{listed(seen)} saw it".capitalize()
        words += ", each on a connection of its own." if len(seen) > 1 else "."
        if self.well:
            words += " The closer look right after the check saw no failure."
        return words


def agreement(evidence: Evidence, kinds: Collection[str]) -> Agreement | None:
    """Return which witnesses saw a failure of one of *kinds*; None if no witness did."""
    all_testimonies = list(testimonies(evidence))
    seen = tuple(testimony for testimony in all_testimonies if testimony.kind in kinds)
    if not seen:
        return None
    # Only the look counts as a contradiction. The browser runs seconds later, when a short failure may be over.
    return Agreement(
        seen=seen,
        well=tuple(
            testimony for testimony in all_testimonies if testimony.kind is None and testimony.witness == "look"
        ),
    )
