"""Runs one probe from its URL to the last answer: lookup, request, redirects, within one timeout."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import monotonic
from urllib.parse import quote, urljoin, urlsplit

from core.addresses import is_ip_address
from core.clock import utc_now
from core.models import HTTPMethod
from core.monitoring.certificate import Certificate
from core.monitoring.cookies import Cookies
from core.monitoring.curl_errors import Failure, ProbeErrorKind, Progress, timed_out
from core.monitoring.engine import Engine
from core.monitoring.request import Request, port_of
from core.monitoring.resolver import Lookup, Resolving
from core.monitoring.secrets import excerpt, shown_url
from core.monitoring.transfer import INTERNAL_FAILURE, Hop, Transfers
from core.schemas.check_options import CheckOptions
from core.schemas.url import normalise_url, origin_of

logger = logging.getLogger(__name__)

NO_PROGRESS = Progress(resolved=False, connected=False, secured=False, answered=False)
INSPECTED_KINDS = {
    ProbeErrorKind.TLS_EXPIRED,
    ProbeErrorKind.TLS_NOT_YET_VALID,
    ProbeErrorKind.TLS_UNTRUSTED,
    ProbeErrorKind.TLS_WRONG_HOST,
}
SPARE_SECONDS = 0.2  # with less time left, the probe does not inspect a rejected certificate
CACHE_SIZE = 4_096  # cached URLs: the same ones are probed again and again
_BEFORE_QUERY = re.compile(r"[^?#]*")
_NOT_IN_PATH = re.compile(r"""[\x00-\x20\x7f"<>^`{|}]""")  # some servers, such as Tomcat, answer these with 400
_NOT_IN_QUERY = re.compile(r"""[\x00-\x20\x7f"<>']""")
MAX_NAMES = 3  # shown of a certificate for another host


class ProbeRun:
    """Requests a URL and follows its redirects, on the engine's thread."""

    def __init__(
        self,
        engine: Engine,
        resolver: Resolving,
        transfers: Transfers,
        *,
        url: str,
        options: CheckOptions,
        timeout_seconds: float,
        arrived: Callable[[list[Hop], Failure | None], None],
    ) -> None:
        """*arrived* is called once with all hops, and the failure if there is no complete answer."""
        self._engine, self._resolver, self._transfers = engine, resolver, transfers
        self._url, self._options, self._timeout_seconds = url, options, timeout_seconds
        self._method = options.method
        self._arrived = arrived
        self._hops: list[Hop] = []
        self._cookies: Cookies | None = None
        self._ends_at = 0.0
        self._lookup_number = 0

    def begin(self) -> None:
        """Start the probe; returns at once."""
        self._ends_at = monotonic() + self._timeout_seconds
        self._try(lambda: self._visit(self._url))

    def _try(self, step: Callable[[], None]) -> None:
        """Run *step*; after any error the probe ends, because its website would otherwise never be checked again."""
        try:
            step()
        except Exception:  # a hostile server may cause an error that nobody foresaw
            logger.exception("a probe's step failed", extra={"url": shown_url(self._url, ())})
            self._lookup_number += 1
            self._arrived([Hop(url=self._url)], INTERNAL_FAILURE)

    def _visit(self, url: str) -> None:
        try:
            url = _in_ascii(url)
        except ValueError as error:
            self._refuse(url, str(error))
            return
        self._look_up(_Names(url=url, unknown=_to_look_up(url, self._options.proxy)))

    def _refuse(self, url: str, reason: str) -> None:
        if self._hops:
            sentence = f"It redirects to a URL that cannot be requested: {reason}."
            self._stop(Failure(kind=ProbeErrorKind.REDIRECT_REFUSED, sentence=sentence))
        else:
            failure = Failure(kind=ProbeErrorKind.URL, sentence=f"Its URL cannot be requested: {reason}.")
            self._end_hop(Hop(url=url, failure=failure))

    def _look_up(self, names: "_Names") -> None:
        """Look up all *names*, one after the other, then send the request."""
        if not names.unknown:
            self._send(names.url, names.found, names.dns_ms if names.found else None)
            return
        self._lookup_number += 1
        number, left_seconds = self._lookup_number, self._left_seconds()

        def tell(lookup: Lookup) -> None:
            self._engine.call(lambda: self._try(lambda: self._looked_up(number, names, lookup)))

        self._engine.call_later(left_seconds, lambda: self._give_up(number, names, left_seconds))
        self._resolver.look_up(names.host, self._options.ip_version, tell)

    def _looked_up(self, number: int, names: "_Names", lookup: Lookup) -> None:
        if number != self._lookup_number:
            return  # it timed out before
        self._lookup_number += 1
        if lookup.error is None:
            self._look_up(names.after(lookup))
            return
        spent_ms = names.dns_ms + lookup.dns_ms
        failure = _unresolved(names.host, lookup, self._options.ip_version)
        self._end_hop(Hop(url=names.url, dns_ms=spent_ms, total_ms=spent_ms, failure=failure))

    def _give_up(self, number: int, names: "_Names", after_seconds: float) -> None:
        if number == self._lookup_number:
            self._lookup_number += 1
            failure = timed_out(names.host, port_of(names.url), self._timeout_seconds, NO_PROGRESS)
            self._end_hop(Hop(url=names.url, total_ms=after_seconds * 1_000, failure=failure))

    def _send(self, url: str, addresses: dict[str, tuple[str, ...]], dns_ms: float | None) -> None:
        request = Request(
            url=url,
            method=self._method,
            options=self._options,
            is_own_origin=self._is_own_origin(url),
            addresses=addresses,
            dns_ms=dns_ms,
            left_seconds=self._left_seconds(),
            timeout_seconds=self._timeout_seconds,
            cookies=self._cookies.line_for(url) if self._cookies else None,
        )
        self._transfers.run(request, lambda hop: self._try(lambda: self._take(request, hop)))

    def _take(self, request: Request, hop: Hop) -> None:
        is_refused = hop.failure is not None and hop.failure.kind in INSPECTED_KINDS and not hop.http_status_code
        if is_refused and self._left_seconds() > SPARE_SECONDS:
            looking = replace(request, is_inspection=True, left_seconds=self._left_seconds())
            self._transfers.run(looking, lambda seen: self._try(lambda: self._end_hop(_with_certificate(hop, seen))))
        else:
            self._end_hop(hop)

    def _end_hop(self, hop: Hop) -> None:
        if self._hops and hop.failure is not None and hop.failure.kind is ProbeErrorKind.URL:
            self._refuse(hop.url, "libcurl rejects it")
            return
        self._hops.append(hop)
        if hop.failure is not None or not hop.location or not self._options.follow_redirects:
            self._stop(hop.failure)
        elif len(self._hops) > self._options.max_redirects:
            self._stop(_too_many(self._options.max_redirects))
        else:
            self._follow(hop, hop.location)

    def _follow(self, hop: Hop, location: str) -> None:
        self._cookies = self._cookies or Cookies()
        self._cookies.take(hop.url, hop.headers)
        try:
            url = urljoin(hop.url, _BEFORE_QUERY.sub(lambda path: path[0].replace("\\", "/"), location, count=1))
            scheme, _port = urlsplit(url).scheme, port_of(url)
        except ValueError:  # such as an IPv6 address without its closing bracket, or a port that is not a number
            self._refuse(location, "its host or port is malformed")
            return
        if scheme not in ("http", "https"):
            sentence = f"It redirects to a {excerpt(scheme) or 'nothing'}: URL. Only http and https are followed."
            self._stop(Failure(kind=ProbeErrorKind.REDIRECT_REFUSED, sentence=sentence))
            return
        if hop.http_status_code == 303 or (hop.http_status_code in (301, 302) and self._method is HTTPMethod.POST):
            # RFC 9110, section 15.4; every browser does this.
            self._method = HTTPMethod.HEAD if self._method is HTTPMethod.HEAD else HTTPMethod.GET
        if self._sends_body() and not self._is_own_origin(url):
            sentence = "It redirects a request with a body to another origin. Watchwright does not send the body there."
            self._stop(Failure(kind=ProbeErrorKind.REDIRECT_REFUSED, sentence=sentence))
            return
        self._visit(url)

    def _sends_body(self) -> bool:
        return bool(self._options.body) and self._method is self._options.method

    def _is_own_origin(self, url: str) -> bool:
        return origin_of(url) == origin_of(self._url)

    def _left_seconds(self) -> float:
        return max(self._ends_at - monotonic(), 0.001)

    def _stop(self, failure: Failure | None) -> None:
        self._arrived(self._hops, failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """The names to look up before a URL can be requested."""

    url: str
    unknown: tuple[str, ...]
    """The names that are still to be looked up, as ``host:port``."""
    found: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The addresses found so far, by ``host:port``."""
    dns_ms: float = 0.0
    """The total time of the lookups so far."""

    @property
    def host(self) -> str:
        """The host to look up next."""
        return self.unknown[0].rpartition(":")[0]

    def after(self, lookup: Lookup) -> "_Names":
        """Return the names that are left after *lookup* of the first one."""
        found = {**self.found, self.unknown[0]: lookup.addresses}
        return _Names(url=self.url, unknown=self.unknown[1:], found=found, dns_ms=self.dns_ms + lookup.dns_ms)


@lru_cache(maxsize=CACHE_SIZE)
def _to_look_up(url: str, proxy: str | None) -> tuple[str, ...]:
    """Return the names, as ``host:port``, that we must look up before *url* can be requested."""
    addresses = [proxy] if proxy else [url]
    if proxy and proxy.startswith("socks5:"):
        addresses.append(url)
    hosts = [(urlsplit(address).hostname or "", port_of(address)) for address in addresses]
    return tuple(f"{host}:{port}" for host, port in hosts if not is_ip_address(host))


@lru_cache(maxsize=CACHE_SIZE)
def _in_ascii(url: str) -> str:
    """Return *url* with a punycode host and the rest percent-encoded, as browsers do (https://url.spec.whatwg.org)."""
    path, mark, query = url.partition("?")
    encoded = _NOT_IN_PATH.sub(_quoted, path) + mark + _NOT_IN_QUERY.sub(_quoted, query)
    return re.sub(r"[^\x21-\x7e]", _quoted, normalise_url(encoded))


def _quoted(found: re.Match[str]) -> str:
    return quote(found.group())


def _unresolved(host: str, lookup: Lookup, ip_version: str) -> Failure:
    if lookup.is_absent:
        lacking = "has no IP address" if ip_version == "any" else f"has no IPv{ip_version} address"
        absent = "does not exist" if ip_version == "any" else f"does not exist, or {lacking}"
        what = lacking if lookup.has_no_address else absent
        return Failure(kind=ProbeErrorKind.DNS_NOT_FOUND, sentence=f"The name {host} {what} (DNS).")
    sentence = f"The name {host} could not be resolved, DNS failed: {(lookup.error or '').rstrip('.')}."
    return Failure(kind=ProbeErrorKind.DNS_FAILED, sentence=sentence)


def _with_certificate(hop: Hop, seen: Hop) -> Hop:
    """Return *hop*, whose certificate was rejected, with that certificate and details in the failure message."""
    certificate, failure = seen.certificate, hop.failure
    if certificate is None or failure is None:
        return hop
    if certificate.is_valid_at(utc_now()) and (words := _ISSUERS_FAULTS.get(failure.kind)):
        sentence = f"No secure connection to {urlsplit(hop.url).hostname}: {words}."
    else:
        sentence = failure.sentence.rstrip(".") + _details(certificate, failure.kind) + "."
    return replace(hop, certificate=certificate, failure=replace(failure, sentence=sentence))


_ISSUERS_FAULTS = {  # of a chain whose leaf is valid
    ProbeErrorKind.TLS_EXPIRED: "the certificate of its issuer has expired",
    ProbeErrorKind.TLS_NOT_YET_VALID: "the certificate of its issuer is not valid yet",
}


def _details(certificate: Certificate, kind: ProbeErrorKind) -> str:
    """Return what *certificate* tells about its rejection, as the end of a sentence."""
    names, is_own = ", ".join(certificate.names[:MAX_NAMES]), certificate.issuer == certificate.subject
    lacking = "" if certificate.chain else ", and the server sends no intermediate certificate"
    details = {
        ProbeErrorKind.TLS_EXPIRED: certificate.expires_at and f" on {certificate.expires_at:%Y-%m-%d %H:%M} UTC",
        ProbeErrorKind.TLS_NOT_YET_VALID: certificate.starts_at
        and f", from {certificate.starts_at:%Y-%m-%d %H:%M} UTC",
        ProbeErrorKind.TLS_WRONG_HOST: f", {excerpt(names or certificate.subject)}",
        ProbeErrorKind.TLS_UNTRUSTED: "" if is_own else f", but {excerpt(certificate.issuer)}{lacking}",
    }
    return details[kind] or ""


def _too_many(limit: int) -> Failure:
    sentence = f"It redirects more than {limit} times. This may be a redirect loop."
    return Failure(kind=ProbeErrorKind.REDIRECT_LOOP, sentence=sentence)
