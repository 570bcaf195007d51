"""Sends one HTTP request with libcurl on its own connection, and measures each phase."""

import logging
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from urllib.parse import urlsplit

import certifi
import pycurl

from core.addresses import MayConnect, bracketed
from core.models import HTTPMethod
from core.monitoring.certificate import Certificate, certificate_of
from core.monitoring.curl_errors import Failure, ProbeErrorKind, Progress, explain
from core.monitoring.engine import Engine
from core.monitoring.handles import KEPT_BODY_BYTES, AnswerBuffer, Handle, Handles
from core.monitoring.request import Request, aim, host_of, port_of, prepare

logger = logging.getLogger(__name__)

INTERNAL_FAILURE = Failure(
    kind=ProbeErrorKind.OTHER, sentence="Internal error in Watchwright while reading the response. See the server log."
)
UNPACKING_CODES = (pycurl.E_BAD_CONTENT_ENCODING, pycurl.E_WRITE_ERROR)
WITHOUT_CLOSE_NOTIFY = "unexpected eof while reading"  # OpenSSL's words. Many servers do that, and browsers accept it
TELLS_NAMES = "OpenSSL" in pycurl.version  # with other TLS libraries, libcurl does not return these extensions
SAFE_METHODS = (HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS)  # a request with one of these may be repeated
REDIRECTS = (301, 302, 303, 307, 308)
MOMENTS = (
    pycurl.QUEUE_TIME_T,
    pycurl.NAMELOOKUP_TIME_T,
    pycurl.CONNECT_TIME_T,
    pycurl.APPCONNECT_TIME_T,
    pycurl.POSTTRANSFER_TIME_T,
    pycurl.STARTTRANSFER_TIME_T,
    pycurl.TOTAL_TIME_T,
)
HTTP_VERSIONS = {
    pycurl.CURL_HTTP_VERSION_1_0: "http/1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "http/1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "h2",
    pycurl.CURL_HTTP_VERSION_3: "h3",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request of a probe with its result; phases as in `ProbeResult`."""

    url: str
    http_status_code: int | None = None
    http_version: str | None = None
    remote_address: str | None = None
    address: str | None = None
    """The IP address of the connection or attempt, without the port; None if the name did not resolve."""
    location: str | None = None
    """The Location header of a redirect; None for any other answer."""
    total_ms: float | None = None
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    ttfb_ms: float | None = None
    download_ms: float | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    is_body_cut: bool = False
    body_bytes: int = 0
    certificate: Certificate | None = None
    failure: Failure | None = None


class Transfers:
    """Runs requests on *engine*'s thread."""

    def __init__(self, engine: Engine, may_connect: MayConnect | None, *, keeps_content: bool = False) -> None:
        """*keeps_content* keeps headers and bodies even if no expectation needs them."""
        self._engine = engine
        self._handles = Handles(may_connect)
        self._keeps_content = keeps_content
        self._ca_file = ssl.get_default_verify_paths().cafile or certifi.where()
        self._pinned: set[str] = set()

    def run(self, request: Request, done: Callable[[Hop], None]) -> None:
        """Send *request*, and call *done* with the result."""
        handle, ends_at = self._handles.take(request.plain_scheme), monotonic() + request.left_seconds
        is_secure = request.url.startswith("https:")
        handle.buffer.begin(
            host_of(request.url),
            keeps_headers=self._keeps_content or request.options.reads_headers,
            keeps_body=self._keeps_content or request.options.reads_body,
            unpacks=request.is_unpacked,
            # Through a tunnel, the first answer is the proxy's, whose redirects are not followed.
            follows=request.options.follow_redirects and not (is_secure and request.options.proxy),
        )
        try:
            self._prepare(handle, request)
        except (pycurl.error, UnicodeError):
            self._handles.give_back(handle, is_as_before=False)
            failure = Failure(kind=ProbeErrorKind.URL, sentence="The URL cannot be requested as it is written.")
            done(Hop(url=request.url, dns_ms=request.dns_ms, total_ms=request.dns_ms, failure=failure))
            return

        def ended(code: int, words: str) -> None:
            is_refused = code in UNPACKING_CODES and not handle.buffer.is_enough
            if is_refused and handle.buffer.is_oddly_packed and request.method in SAFE_METHODS:
                self._handles.give_back(handle, is_as_before=False)
                self.run(replace(request, takes_as_is=True, left_seconds=ends_at - monotonic()), done)
                return
            if WITHOUT_CLOSE_NOTIFY in words and handle.buffer.ends_with_connection:
                code = pycurl.E_OK
            if code == pycurl.E_OK and not handle.buffer.is_head_whole and not request.is_inspection:
                code, words = pycurl.E_RECV_ERROR, "the headers have no end"
            try:
                hop = _hop(handle.curl, request, handle.buffer, code, words)
            except Exception:  # a server may cause any error, and the probe must still end
                logger.exception("an answer could not be read", extra={"host": host_of(request.url)})
                hop = Hop(url=request.url, failure=INTERNAL_FAILURE)
            self._handles.give_back(handle, is_as_before=code == pycurl.E_OK)
            done(hop)

        self._engine.perform(handle.curl, ended, handle.buffer)

    def _prepare(self, handle: Handle, request: Request) -> None:
        if not handle.is_set_up:
            prepare(handle.curl, request, ca_file=self._ca_file)
            handle.buffer.listen(handle.curl)
            handle.is_set_up = True
        aim(handle.curl, request)
        self._pin(handle.curl, request.addresses)

    def _pin(self, curl: pycurl.Curl, addresses: dict[str, tuple[str, ...]]) -> None:
        """Give libcurl the addresses that we looked up, and remove earlier ones, which the multi handle remembers."""
        forgotten = [f"-{name}" for name in self._pinned - addresses.keys()]
        pinned = [f"{name}:{','.join(map(bracketed, found))}" for name, found in addresses.items()]
        if forgotten or pinned:
            curl.setopt(pycurl.RESOLVE, forgotten + pinned)
        self._pinned = set(addresses)


def _hop(curl: pycurl.Curl, request: Request, answer: AnswerBuffer, code: int, words: str) -> Hop:
    status = None if answer.has_long_status else curl.getinfo(pycurl.RESPONSE_CODE) or None
    is_secure = request.url.startswith("https:")
    queued, resolved, connected, secured, sent, first, total = [curl.getinfo(name) / 1_000 for name in MOMENTS]
    is_answered = code == pycurl.E_OK or (code == pycurl.E_WRITE_ERROR and answer.is_enough)
    is_redirect = is_answered and status in REDIRECTS
    address = curl.getinfo(pycurl.PRIMARY_IP)
    headers = _headers(bytes(answer.headers)) if answer.keeps_headers or is_redirect else ()
    certificate = certificate_of(curl.getinfo_raw(pycurl.INFO_CERTINFO)) if is_secure else None
    is_good = is_answered and not answer.is_mislabelled and not answer.has_long_status
    return Hop(
        url=request.url,
        http_status_code=status,
        http_version=HTTP_VERSIONS.get(curl.getinfo(pycurl.INFO_HTTP_VERSION)) if status else None,
        remote_address=f"{bracketed(address)}:{curl.getinfo(pycurl.PRIMARY_PORT)}" if address else None,
        address=address or _meant(request),
        location=dict(reversed(headers)).get("location") if is_redirect else None,
        total_ms=total + (request.dns_ms or 0.0),
        dns_ms=lasted(queued, resolved) + (request.dns_ms or 0.0) if resolved > 0 else request.dns_ms,
        connect_ms=lasted(resolved, connected) if connected > 0 else None,
        tls_ms=lasted(connected, secured) if is_secure and secured > 0 else None,
        ttfb_ms=first - sent if status and 0 < sent <= first else None,
        download_ms=lasted(first, total) if status else None,
        headers=headers,
        body=answer.body.getvalue() if answer.keeps_body and is_answered else None,
        is_body_cut=answer.is_cut_off or answer.received_bytes > KEPT_BODY_BYTES,
        body_bytes=int(curl.getinfo(pycurl.SIZE_DOWNLOAD_T)),
        certificate=certificate,
        failure=_nameless(request, certificate) if is_good else _failure(curl, request, answer, code, words),
    )


def _nameless(request: Request, certificate: Certificate | None) -> Failure | None:
    """Return the failure of a certificate without subject alternative names, which libcurl accepts and browsers do not.

    RFC 9525, section 2, no longer allows the common name in their place.
    """
    if certificate is None or not certificate.is_nameless or not request.is_verified or not TELLS_NAMES:
        return None
    ours = "its certificate names no host except in its common name, which browsers ignore"
    sentence = f"No secure connection to {host_of(request.url)}: {ours}."
    return Failure(kind=ProbeErrorKind.TLS_WRONG_HOST, sentence=sentence)


def lasted(began_ms: float, ended_ms: float) -> float:
    """Return the length of a phase, at least 0: libcurl may record an event microseconds before its cause."""
    return max(ended_ms - began_ms, 0.0)


def _failure(curl: pycurl.Curl, request: Request, answer: AnswerBuffer, code: int, words: str) -> Failure:
    parts, at = urlsplit(request.url), _progress(curl, request)
    host = parts.hostname or "the host"
    if answer.refusal is not None and not at.connected:
        return Failure(kind=ProbeErrorKind.CONNECT_BLOCKED, sentence=f"No connection to {host}: {answer.refusal}.")
    if answer.packing is not None and answer.is_mislabelled:
        name = answer.packing.decode()
        reason = f"the header Content-Encoding says {name}, but the body is not {name}"
        sentence = f"The body from {host} cannot be decompressed: {reason}."
        return Failure(kind=ProbeErrorKind.PROTOCOL, sentence=sentence)
    if answer.has_long_status:
        sentence = f"The response of {host} is not valid HTTP: its status code has more than three digits."
        return Failure(kind=ProbeErrorKind.PROTOCOL, sentence=sentence)
    if answer.is_packed_twice:
        sentence = f"The body from {host} cannot be decompressed: it is compressed more than once."
        return Failure(kind=ProbeErrorKind.PROTOCOL, sentence=sentence)
    return explain(
        code,
        words or curl.errstr(),
        os_errno=curl.getinfo(pycurl.OS_ERRNO),
        host=host,
        port=port_of(request.url),
        timeout_s=request.timeout_seconds,
        at=at,
        is_by_proxy=request.options.proxy is not None,
    )


def _progress(curl: pycurl.Curl, request: Request) -> Progress:
    is_secure = request.url.startswith("https:")
    return Progress(
        resolved=curl.getinfo(pycurl.NAMELOOKUP_TIME_T) > 0,
        connected=curl.getinfo(pycurl.CONNECT_TIME_T) > 0,
        secured=curl.getinfo(pycurl.APPCONNECT_TIME_T) > 0 or not is_secure,
        answered=curl.getinfo(pycurl.RESPONSE_CODE) > 0,
        led=_has_proxy_connected(curl, request, is_secure=is_secure),
    )


def _has_proxy_connected(curl: pycurl.Curl, request: Request, *, is_secure: bool) -> bool:
    """Return whether the proxy reached the website; True without a proxy, and where libcurl does not tell.

    libcurl does not tell for TLS through SOCKS.
    """
    if request.options.proxy is None:
        return True
    if request.options.proxy.startswith("socks"):
        return is_secure or curl.getinfo(pycurl.REQUEST_SIZE) > 0
    return not is_secure or curl.getinfo(pycurl.HTTP_CONNECTCODE) // 100 == 2


def _meant(request: Request) -> str | None:
    """Return the first address that the request would have connected to."""
    looked_up = next(iter(request.addresses.values()), None)
    return looked_up[0] if looked_up else host_of(request.options.proxy or request.url)


def _headers(block: bytes) -> tuple[tuple[str, str], ...]:
    """Return the headers in order, with names in lower case."""
    pairs = (line.partition(b":") for line in block.splitlines()[1:])
    return tuple(
        (name.strip().lower().decode("latin-1"), _value(name.strip().lower(), value.strip()))
        for name, colon, value in pairs
        if colon
    )


def _value(name: bytes, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        if name == b"location":  # not UTF-8: percent-encode its bytes, as browsers do
            value = re.sub(rb"[\x80-\xff]", lambda byte: b"%%%02X" % byte[0][0], value)
        return value.decode(errors="replace")
