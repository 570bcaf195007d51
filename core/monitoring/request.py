"""Configures libcurl for a probe's request: method, headers, credentials, TLS, proxy, HTTP version."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import pycurl

from core.addresses import effective_port
from core.models import HTTPMethod
from core.schemas.check_options import DEFAULTS, CheckOptions

USER_AGENT = "Watchwright/0.1 (website monitor)"
ASKED_VERSIONS = {
    "any": pycurl.CURL_HTTP_VERSION_2TLS,
    "1.0": pycurl.CURL_HTTP_VERSION_1_0,
    "1.1": pycurl.CURL_HTTP_VERSION_1_1,
    "3": pycurl.CURL_HTTP_VERSION_3ONLY,
}
FAMILIES = {"any": pycurl.IPRESOLVE_WHATEVER, "4": pycurl.IPRESOLVE_V4, "6": pycurl.IPRESOLVE_V6}
BUFFER_BYTES = 4 * 1024  # libcurl fills it twenty times per step while others wait; small ones read pages as fast
BODY_METHODS = (HTTPMethod.POST, HTTPMethod.PUT, HTTPMethod.PATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One hop of a probe."""

    url: str
    method: HTTPMethod
    options: CheckOptions
    is_own_origin: bool
    """Whether the URL has the website's origin, so that credentials, headers and body may be sent."""
    addresses: dict[str, tuple[str, ...]]
    """The looked-up addresses of each ``host:port`` that the request connects to."""
    dns_ms: float | None
    left_seconds: float
    timeout_seconds: float
    """The timeout of the whole probe, for failure messages."""
    cookies: str | None = None
    """The Cookie header for cookies that earlier hops set."""
    takes_as_is: bool = False
    """Do not decompress the body, whatever its Content-Encoding."""
    is_inspection: bool = False
    """Only make the TLS handshake, with any certificate, to read the certificate."""

    @property
    def is_verified(self) -> bool:
        """Whether the certificate is verified."""
        return self.options.verify_tls and not self.is_inspection

    @property
    def is_unpacked(self) -> bool:
        """Whether libcurl decompresses the body, because an expectation reads it."""
        return self.options.reads_body and not self.takes_as_is

    @property
    def plain_scheme(self) -> str | None:
        """The URL's scheme if the request has no special options, so that its handle can be reused; else None."""
        is_common = self.options is DEFAULTS and self.method is HTTPMethod.GET
        is_plain = is_common and not self.is_inspection and self.cookies is None
        return self.url.partition(":")[0] if is_plain else None


def prepare(curl: pycurl.Curl, request: Request, *, ca_file: str) -> None:
    """Configure *curl* for requests such as *request*, except for callbacks, addresses and what `aim` sets.

    Raises:
        pycurl.error: libcurl rejects the URL or an option.
    """
    options = request.options
    for option, value in (
        (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
        (pycurl.NOSIGNAL, True),
        (pycurl.BUFFERSIZE, BUFFER_BYTES),
        (pycurl.FRESH_CONNECT, True),  # every check measures a new connection
        (pycurl.FORBID_REUSE, True),
        (pycurl.IPRESOLVE, FAMILIES[options.ip_version]),
        (pycurl.HTTP_VERSION, _http_version(request)),
    ):
        curl.setopt(option, value)
    if request.url.startswith("https:"):
        _prepare_tls(curl, request, ca_file)
    _prepare_proxy(curl, options, ca_file)
    if request.is_inspection:
        curl.setopt(pycurl.CONNECT_ONLY, True)
    else:
        _prepare_message(curl, request)


def aim(curl: pycurl.Curl, request: Request) -> None:
    """Set the URL and the timeout of *request* on *curl*, which `prepare` has configured.

    Raises:
        pycurl.error: libcurl rejects the URL.
    """
    left_ms = max(int(request.left_seconds * 1_000), 1)
    curl.setopt(pycurl.URL, request.url)
    curl.setopt(pycurl.TIMEOUT_MS, left_ms)
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, left_ms)


def _http_version(request: Request) -> int:
    if request.options.http_version == "2" and request.url.startswith("http:"):
        return int(pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)  # without TLS there is no ALPN to negotiate
    return int(ASKED_VERSIONS.get(request.options.http_version, pycurl.CURL_HTTP_VERSION_2TLS))


def _prepare_tls(curl: pycurl.Curl, request: Request, ca_file: str) -> None:
    curl.setopt(pycurl.SSL_SESSIONID_CACHE, False)  # every check measures a full handshake
    curl.setopt(pycurl.CAINFO, ca_file)  # the multi handle caches the parsed file
    curl.setopt(pycurl.SSL_VERIFYPEER, request.is_verified)
    curl.setopt(pycurl.SSL_VERIFYHOST, 2 if request.is_verified else 0)
    curl.setopt(pycurl.OPT_CERTINFO, True)


def _prepare_proxy(curl: pycurl.Curl, options: CheckOptions, ca_file: str) -> None:
    if options.proxy is None:
        curl.setopt(pycurl.NOPROXY, "*")  # ignore the proxy variables of the environment
        return
    curl.setopt(pycurl.PROXY, options.proxy)
    curl.setopt(pycurl.NOPROXY, "")
    curl.setopt(pycurl.PROXY_CAINFO, ca_file)


def _prepare_message(curl: pycurl.Curl, request: Request) -> None:
    options, own = request.options, request.is_own_origin
    headers = dict(options.headers) if own else {}
    given = {name.lower() for name in headers}
    curl.setopt(pycurl.CUSTOMREQUEST, request.method.value)
    curl.setopt(pycurl.NOBODY, request.method is HTTPMethod.HEAD)
    if request.method in BODY_METHODS or (own and options.body and request.method is options.method):
        curl.setopt(pycurl.POSTFIELDS, (options.body or "").encode() if own else b"")
        headers = {"Expect": "", **({} if "content-type" in given else {"Content-Type": ""}), **headers}
    curl.setopt(pycurl.USERAGENT, options.user_agent or USER_AGENT)
    if "accept" not in given:
        headers["Accept"] = "*/*"
    if own and options.basic_auth:
        curl.setopt(pycurl.HTTPAUTH, pycurl.HTTPAUTH_BASIC)
        curl.setopt(pycurl.USERNAME, options.basic_auth.username.encode())
        curl.setopt(pycurl.PASSWORD, options.basic_auth.password.encode())
    if own and options.bearer_token:
        headers["Authorization"] = f"Bearer {options.bearer_token}"
    if request.cookies is not None:
        name = next((name for name in headers if name.lower() == "cookie"), "Cookie")
        headers[name] = "; ".join(filter(None, (headers.get(name), request.cookies)))
    if request.is_unpacked:
        curl.setopt(pycurl.ACCEPT_ENCODING, "")  # all that libcurl decodes: some servers compress unasked
    lines = [f"{name}: {value}" if value else _empty(name, given) for name, value in headers.items()]
    curl.setopt(pycurl.HTTPHEADER, [line.encode() for line in lines])


def _empty(name: str, given: set[str]) -> str:
    # CURLOPT_HTTPHEADER: a semicolon sends the header empty, a colon leaves it out.
    return f"{name};" if name.lower() in given else f"{name}:"


@lru_cache(maxsize=4_096)
def host_of(url: str) -> str:
    """Return the host of *url*; empty if it has none."""
    return urlsplit(url).hostname or ""


@lru_cache(maxsize=4_096)
def port_of(url: str) -> int:
    """Return the port of *url*, or the default port of its scheme."""
    return effective_port(urlsplit(url))
