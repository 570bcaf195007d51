"""One HTTP request through libcurl: many at once on one event loop, each on a connection of its own."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi
import pycurl

from core.monitoring.curl_errors import Failure, Progress, explain

if TYPE_CHECKING:
    from core.monitoring.probe import ProbeTarget

USER_AGENT = "Watchwright/0.1 (website monitor)"
BODY_LIMIT_BYTES = 4 * 1024 * 1024  # enough to time any page; a larger body is cut off and counts as answered
HEADERS_LIMIT_BYTES = 256 * 1024  # Chromium's own limit for an answer's headers
REDIRECTS = (301, 302, 303, 307, 308)
HTTP_VERSIONS = {
    pycurl.CURL_HTTP_VERSION_1_0: "http/1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "http/1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "h2",
    pycurl.CURL_HTTP_VERSION_3: "h3",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request of a probe and how it ended; phases as in `ProbeResult`."""

    url: str
    http_status_code: int | None
    http_version: str | None
    remote_address: str | None
    location: str | None
    """Where a redirect leads; None for any other answer."""
    total_ms: float | None
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    ttfb_ms: float | None
    download_ms: float | None
    body_bytes: int
    certificate_expires_at: datetime | None
    failure: Failure | None


@dataclass(slots=True)
class _Answer:
    """What the callbacks of one transfer gather."""

    url: str
    timeout_s: float
    """The whole probe's, for the words of a failure."""
    done: "asyncio.Future[tuple[int, str]]"
    headers: BytesIO = field(default_factory=BytesIO)
    body_bytes: int = 0
    is_cut_off: bool = False

    def on_header(self, line: bytes) -> int | None:
        if line.startswith(b"HTTP/"):
            self.headers = BytesIO()  # an interim answer (1xx) came before
        self.headers.write(line)
        return -1 if self.headers.tell() > HEADERS_LIMIT_BYTES else None

    def on_body(self, chunk: bytes) -> int | None:
        self.body_bytes += len(chunk)
        self.is_cut_off = self.body_bytes > BODY_LIMIT_BYTES
        return -1 if self.is_cut_off else None


class Transfers:
    """A ``CurlMulti`` driven by *loop*; must be made and used on that loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._under_way: dict[pycurl.Curl, _Answer] = {}
        self._watched: set[int] = set()
        self._ca_file = ssl.get_default_verify_paths().cafile or certifi.where()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    async def run(self, target: "ProbeTarget", url: str, *, timeout_s: float) -> Hop:
        """Request *url* as *target* says; returns whatever came of it within *timeout_s*."""
        answer = _Answer(url=url, timeout_s=target.timeout_seconds, done=self._loop.create_future())
        curl = self._prepare(target, answer, timeout_s)
        self._under_way[curl] = answer
        self._multi.add_handle(curl)
        try:
            code, detail = await answer.done
            return _hop(curl, answer, code, detail)
        finally:
            del self._under_way[curl]
            self._multi.remove_handle(curl)
            curl.close()

    def close(self) -> None:
        """End what is under way, each as a failed hop, and let go of the sockets."""
        for answer in self._under_way.values():
            if not answer.done.done():
                answer.done.set_result((pycurl.E_ABORTED_BY_CALLBACK, "Watchwright is shutting down"))
        self._set_timer(-1)
        for descriptor in tuple(self._watched):
            self._forget(descriptor)

    def _prepare(self, target: "ProbeTarget", answer: _Answer, timeout_s: float) -> pycurl.Curl:
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, answer.url)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.CUSTOMREQUEST, target.method)
        curl.setopt(pycurl.NOBODY, target.method == "HEAD")
        curl.setopt(pycurl.USERAGENT, USER_AGENT)
        curl.setopt(pycurl.HTTPHEADER, ["Accept: */*"])
        curl.setopt(pycurl.TIMEOUT_MS, max(int(timeout_s * 1_000), 1))
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(int(timeout_s * 1_000), 1))
        curl.setopt(pycurl.NOSIGNAL, True)
        curl.setopt(pycurl.NOPROXY, "*")  # the machine's proxy variables are not the website's business
        curl.setopt(pycurl.FRESH_CONNECT, True)  # every check measures DNS, connect and TLS anew
        curl.setopt(pycurl.FORBID_REUSE, True)
        curl.setopt(pycurl.DNS_CACHE_TIMEOUT, 0)
        curl.setopt(pycurl.SSL_SESSIONID_CACHE, False)
        curl.setopt(pycurl.CAINFO, self._ca_file)  # libcurl keeps it parsed for the life of the multi handle
        curl.setopt(pycurl.SSL_VERIFYPEER, target.verify_tls)
        curl.setopt(pycurl.SSL_VERIFYHOST, 2 if target.verify_tls else 0)
        curl.setopt(pycurl.OPT_CERTINFO, True)
        curl.setopt(pycurl.HEADERFUNCTION, answer.on_header)
        curl.setopt(pycurl.WRITEFUNCTION, answer.on_body)
        return curl

    def _watch(self, what: int, descriptor: int, _multi: object, _data: object) -> None:
        self._forget(descriptor)
        if what in (pycurl.POLL_IN, pycurl.POLL_INOUT):
            self._loop.add_reader(descriptor, self._ready, descriptor, pycurl.CSELECT_IN)
        if what in (pycurl.POLL_OUT, pycurl.POLL_INOUT):
            self._loop.add_writer(descriptor, self._ready, descriptor, pycurl.CSELECT_OUT)
        if what != pycurl.POLL_REMOVE:
            self._watched.add(descriptor)

    def _forget(self, descriptor: int) -> None:
        if descriptor in self._watched:
            self._watched.discard(descriptor)
            self._loop.remove_reader(descriptor)
            self._loop.remove_writer(descriptor)

    def _set_timer(self, timeout_ms: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if timeout_ms >= 0:
            self._timer = self._loop.call_later(timeout_ms / 1_000, self._ready, pycurl.SOCKET_TIMEOUT, 0)

    def _ready(self, descriptor: int, events: int) -> None:
        with suppress(pycurl.error):  # a socket that has just been closed
            self._multi.socket_action(descriptor, events)
        while True:
            left, succeeded, failed = self._multi.info_read()
            for curl in succeeded:
                self._finish(curl, pycurl.E_OK, "")
            for curl, code, detail in failed:
                self._finish(curl, code, detail)
            if not left:
                return

    def _finish(self, curl: pycurl.Curl, code: int, detail: str) -> None:
        answer = self._under_way.get(curl)
        if answer is not None and not answer.done.done():
            answer.done.set_result((code, detail))


def _hop(curl: pycurl.Curl, answer: _Answer, code: int, detail: str) -> Hop:
    status = curl.getinfo(pycurl.RESPONSE_CODE) or None
    is_secure = urlsplit(answer.url).scheme == "https"
    queued, resolved, connected, secured, sent, first, total = (
        curl.getinfo(name) / 1_000
        for name in (
            pycurl.QUEUE_TIME_T,
            pycurl.NAMELOOKUP_TIME_T,
            pycurl.CONNECT_TIME_T,
            pycurl.APPCONNECT_TIME_T,
            pycurl.POSTTRANSFER_TIME_T,
            pycurl.STARTTRANSFER_TIME_T,
            pycurl.TOTAL_TIME_T,
        )
    )
    at = Progress(
        resolved=resolved > 0,
        connected=connected > 0,
        secured=secured > 0 or not is_secure,
        answered=status is not None,
    )
    is_answered = code == pycurl.E_OK or (code == pycurl.E_WRITE_ERROR and answer.is_cut_off)
    return Hop(
        url=answer.url,
        http_status_code=status,
        http_version=HTTP_VERSIONS.get(curl.getinfo(pycurl.INFO_HTTP_VERSION)) if status else None,
        remote_address=_address(curl),
        location=_location(answer.headers.getvalue()) if is_answered and status in REDIRECTS else None,
        total_ms=total,
        dns_ms=resolved - queued if at.resolved else None,
        connect_ms=connected - resolved if at.connected else None,
        tls_ms=secured - connected if is_secure and secured > 0 else None,
        ttfb_ms=first - sent if at.answered and 0 < sent <= first else None,
        download_ms=total - first if at.answered else None,
        body_bytes=answer.body_bytes,
        certificate_expires_at=_expiry(curl) if is_secure else None,
        failure=None if is_answered else _failure(curl, answer, code, detail, at),
    )


def _failure(curl: pycurl.Curl, answer: _Answer, code: int, detail: str, at: Progress) -> Failure:
    parts = urlsplit(answer.url)
    return explain(
        code,
        detail or curl.errstr(),
        os_errno=curl.getinfo(pycurl.OS_ERRNO),
        host=parts.hostname or "the host",
        port=parts.port or (443 if parts.scheme == "https" else 80),
        timeout_s=answer.timeout_s,
        at=at,
    )


def _address(curl: pycurl.Curl) -> str | None:
    address, port = curl.getinfo(pycurl.PRIMARY_IP), curl.getinfo(pycurl.PRIMARY_PORT)
    if not address:
        return None
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _location(headers: bytes) -> str | None:
    for line in headers.splitlines():
        name, _colon, value = line.partition(b":")
        if name.strip().lower() == b"location":
            return value.strip().decode("utf-8", "replace") or None
    return None


def _expiry(curl: pycurl.Curl) -> datetime | None:
    chain = curl.getinfo(pycurl.INFO_CERTINFO)
    for name, value in chain[0] if chain else ():
        if name == "Expire date":
            with suppress(ValueError):
                return datetime.strptime(value, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    return None
