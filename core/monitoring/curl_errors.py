"""Translates libcurl's error codes into messages: what failed, where, and in which phase. Pure."""

import errno
import os
import re
from dataclasses import dataclass
from enum import StrEnum

import pycurl

from core.monitoring.flood import FLOOD
from core.monitoring.http_errors import wrong_encoding, wrong_http
from core.monitoring.proxy_errors import wrong_proxy


class ProbeErrorKind(StrEnum):
    """The kind of failure, for programs. The first word is its family. People read `Failure.sentence`."""

    DNS_NOT_FOUND = "dns_not_found"
    """The name does not exist, or has no address of the requested family."""
    DNS_FAILED = "dns_failed"
    """The resolver failed to answer."""
    CONNECT_REFUSED = "connect_refused"
    CONNECT_FAILED = "connect_failed"
    """There is no route to the host, or the host does not answer."""
    CONNECT_BLOCKED = "connect_blocked"
    """The address policy forbids this address."""
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_WRONG_HOST = "tls_wrong_host"
    TLS_UNTRUSTED = "tls_untrusted"
    """The certificate is self-signed, or its issuer is not trusted."""
    TLS_PROTOCOL = "tls_protocol"
    """The two sides share no TLS version or cipher, or the server does not speak TLS."""
    TLS_FAILED = "tls_failed"
    TIMEOUT_DNS = "timeout_dns"
    TIMEOUT_CONNECT = "timeout_connect"
    TIMEOUT_TLS = "timeout_tls"
    TIMEOUT_ANSWER = "timeout_answer"
    """No first byte arrived."""
    TIMEOUT_DOWNLOAD = "timeout_download"
    CLOSED_IN_TLS = "closed_in_tls"
    """The connection broke during the handshake."""
    CLOSED_BEFORE_ANSWER = "closed_before_answer"
    CLOSED_IN_ANSWER = "closed_in_answer"
    PROTOCOL = "protocol"
    """The server's answer is not valid HTTP."""
    HEADERS_TOO_LARGE = "headers_too_large"
    FLOOD = "flood"
    """The server sends endless data that never becomes an answer."""
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_REFUSED = "redirect_refused"
    """A redirect that we do not follow."""
    PROXY = "proxy"
    URL = "url"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    kind: ProbeErrorKind
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The milestones that a transfer reached."""

    resolved: bool
    connected: bool
    secured: bool
    """The TLS handshake is done, or the URL needs none."""
    answered: bool
    led: bool = True
    """The proxy reached the website, as far as libcurl tells; True without a proxy."""


def explain(
    code: int,
    detail: str,
    *,
    os_errno: int,
    host: str,
    port: int,
    timeout_s: float,
    at: Progress,
    is_by_proxy: bool = False,
) -> Failure:
    """Return the failure for libcurl's result *code* (``CURLE_*``).

    Args:
        code: The code from ``CurlMulti.info_read``.
        detail: libcurl's message for this transfer.
        os_errno: The errno of the last failed system call, or 0.
        timeout_s: The timeout of the whole probe, in seconds.
        at: The progress so far, which determines the phase of a timeout.
        is_by_proxy: Whether the request used a proxy, which may be what failed.
    """
    # libcurl quotes the server. Bytes that are not UTF-8 arrive as lone surrogates, which databases reject.
    detail = "".join(char if char.isprintable() else "\ufffd" for char in detail)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return timed_out(host, port, timeout_s, at)
    if is_by_proxy and (code in _PROXY_CODES or not at.connected or not at.led):
        sentence = f"The proxy did not connect to {host}: {wrong_proxy(detail)}."
        return Failure(kind=ProbeErrorKind.PROXY, sentence=sentence)
    if code == pycurl.E_COULDNT_RESOLVE_HOST:
        return Failure(kind=ProbeErrorKind.DNS_FAILED, sentence=f"The name {host} could not be resolved (DNS).")
    if code == pycurl.E_COULDNT_CONNECT or (code in _QUIC_CODES and not at.connected):
        return _not_connected(host, port, os_errno)
    if code in _TLS_CODES or (not at.secured and at.connected):
        return _tls(host, detail, os_errno)
    return _unanswered(code, detail, host, at)


def _unanswered(code: int, detail: str, host: str, at: Progress) -> Failure:
    """Return the failure of a transfer that had connected."""
    if code == pycurl.E_GOT_NOTHING:
        sentence = f"{host} closed the connection without a response."
        return Failure(kind=ProbeErrorKind.CLOSED_BEFORE_ANSWER, sentence=sentence)
    if FLOOD in detail or "Flooding was detected" in detail:
        sentence = f"{host} sends data without end but no complete response."
        return Failure(kind=ProbeErrorKind.FLOOD, sentence=sentence)
    # In TLS 1.3 the server may still reject us when our side of the handshake is complete.
    if code in _BROKEN_CODES and " alert " in detail.lower():
        return _tls(host, detail, 0)
    if code == pycurl.E_BAD_CONTENT_ENCODING or (code == pycurl.E_WRITE_ERROR and not detail):
        sentence = f"The body from {host} cannot be decompressed: {wrong_encoding(detail)}."
        return Failure(kind=ProbeErrorKind.PROTOCOL, sentence=sentence)
    if code in _OUR_BOUND_CODES or any(words in detail for words in _TOO_MANY):
        sentence = f"{host} sent more headers than any browser accepts."
        return Failure(kind=ProbeErrorKind.HEADERS_TOO_LARGE, sentence=sentence)
    if (cut_off := _cut_off(code, detail, host, at)) is not None:
        return cut_off
    if code in _NOT_HTTP_CODES or _CHUNK in detail:
        sentence = f"The response of {host} is not valid HTTP: {wrong_http(detail)}."
        return Failure(kind=ProbeErrorKind.PROTOCOL, sentence=sentence)
    if code == pycurl.E_URL_MALFORMAT:
        return Failure(kind=ProbeErrorKind.URL, sentence="The URL cannot be requested as it is written.")
    return Failure(kind=ProbeErrorKind.OTHER, sentence=f"The request to {host} failed: {detail.rstrip('.')}.")


def _cut_off(code: int, detail: str, host: str, at: Progress) -> Failure | None:
    """Return the failure of a connection or a stream that ended too early; None if it did not."""
    if (reset := _RESET.search(detail)) is not None:
        version, by, reason = reset.groups("")
        # After a GOAWAY of the server, libcurl resets the stream itself.
        what = "connection" if by == "curl" else "stream"
        return _broken_off(host, f"HTTP/{version} {what}", at, "" if reason == "unknown" else reason)
    is_broken_pipe = code in _FRAMING_CODES and (not detail or " failure: " in detail)  # "Send failure: Broken pipe"
    is_cut_off = is_broken_pipe or (code in _BROKEN_CODES and _CHUNK not in detail)
    return _broken_off(host, "connection", at) if is_cut_off else None


def _broken_off(host: str, what: str, at: Progress, reason: str = "") -> Failure:
    kind = ProbeErrorKind.CLOSED_IN_ANSWER if at.answered else ProbeErrorKind.CLOSED_BEFORE_ANSWER
    when = "in the middle of the response" if at.answered else "before responding"
    return Failure(kind=kind, sentence=f"{host} closed the {what} {when}{reason and f' ({reason})'}.")


_PROXY_CODES = (pycurl.E_COULDNT_RESOLVE_PROXY, 97)  # CURLE_PROXY, for which pycurl has no name

_TLS_CODES = (
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_SSL_CERTPROBLEM,
    pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_ISSUER_ERROR,
    98,  # CURLE_SSL_CLIENTCERT, for which pycurl has no name
)

_BROKEN_CODES = (pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR, pycurl.E_PARTIAL_FILE)

_FRAMING_CODES = (pycurl.E_HTTP2, 92, 95)  # CURLE_HTTP2_STREAM and CURLE_HTTP3, for which pycurl has no names

_QUIC_CODES = (pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR, 96)  # CURLE_QUIC_CONNECT_ERROR

_NOT_HTTP_CODES = (
    *_FRAMING_CODES,
    pycurl.E_UNSUPPORTED_PROTOCOL,
    pycurl.E_FTP_WEIRD_SERVER_REPLY,  # CURLE_WEIRD_SERVER_REPLY by its old name
)

_CHUNK = "chunk"  # in libcurl's messages about a chunk whose length is invalid or wrong

_RESET = re.compile(
    r"HTTP/([23]) stream \d+ (?:reset by (server|curl) \(error 0x\w+ (\w+)\)|was closed cleanly, but before)"
)

_OUR_BOUND_CODES = (pycurl.E_WRITE_ERROR, 100)  # CURLE_TOO_LARGE: libcurl's own bound for headers

_TOO_MANY = ("Too large response headers", "Too many response headers", "Too many CONTINUATION frames")

_TLS_WORDS = (  # part of the message of OpenSSL or libcurl, the kind, and our message
    ("certificate has expired", ProbeErrorKind.TLS_EXPIRED, "its certificate has expired"),
    ("not yet valid", ProbeErrorKind.TLS_NOT_YET_VALID, "its certificate is not valid yet"),
    ("self-signed", ProbeErrorKind.TLS_UNTRUSTED, "its certificate is self-signed"),
    ("self signed", ProbeErrorKind.TLS_UNTRUSTED, "its certificate is self-signed"),
    (
        "unable to get local issuer",
        ProbeErrorKind.TLS_UNTRUSTED,
        "its certificate is not issued by a trusted authority",
    ),
    (
        "unable to verify the first",
        ProbeErrorKind.TLS_UNTRUSTED,
        "its certificate is not issued by a trusted authority",
    ),
    ("does not match", ProbeErrorKind.TLS_WRONG_HOST, "its certificate is for another host"),
    ("no alternative certificate", ProbeErrorKind.TLS_WRONG_HOST, "its certificate is for another host"),
    ("wrong version number", ProbeErrorKind.TLS_PROTOCOL, "it does not speak TLS on this port"),
    ("packet length too long", ProbeErrorKind.TLS_PROTOCOL, "it does not speak TLS on this port"),
    ("http request", ProbeErrorKind.TLS_PROTOCOL, "it does not speak TLS on this port"),
    ("protocol version", ProbeErrorKind.TLS_PROTOCOL, "it offers no supported TLS version"),
    ("unsupported protocol", ProbeErrorKind.TLS_PROTOCOL, "it offers no supported TLS version"),
    ("no protocols available", ProbeErrorKind.TLS_PROTOCOL, "it offers no supported TLS version"),
    (
        "handshake failure",
        ProbeErrorKind.TLS_PROTOCOL,
        "it shares no cipher with Watchwright, or requires a client certificate",
    ),
    ("unrecognized name", ProbeErrorKind.TLS_FAILED, "it does not recognise this host name"),
    (FLOOD, ProbeErrorKind.FLOOD, "it sends data without end and never completes the handshake"),
    ("internal error", ProbeErrorKind.TLS_FAILED, "it reports an internal error"),
    ("signature failure", ProbeErrorKind.TLS_FAILED, "the signature of its certificate is wrong"),
    ("invalid ca certificate", ProbeErrorKind.TLS_FAILED, "its certificate was issued by one that may not issue any"),
    ("ca certificate key too weak", ProbeErrorKind.TLS_FAILED, "the key of its issuer's certificate is too weak"),
    ("key too weak", ProbeErrorKind.TLS_FAILED, "the key of its certificate is too weak"),
    ("excessive message size", ProbeErrorKind.TLS_FAILED, "its certificate is larger than any browser accepts"),
    ("certificate required", ProbeErrorKind.TLS_FAILED, "it requires a client certificate"),
    ("no shared cipher", ProbeErrorKind.TLS_PROTOCOL, "it shares no cipher with Watchwright"),
    ("connection reset", ProbeErrorKind.CLOSED_IN_TLS, "it reset the connection during the handshake"),
    ("unexpected eof", ProbeErrorKind.CLOSED_IN_TLS, "it closed the connection during the handshake"),
    ("ssl_error_syscall", ProbeErrorKind.CLOSED_IN_TLS, "it closed the connection during the handshake"),
    ("reason(0)", ProbeErrorKind.CLOSED_IN_TLS, "it closed the connection during the handshake"),
)
_ALERT = re.compile(r"(?:ssl/tls|sslv3|tlsv1|tlsv13) (?:alert )?(.+)")  # as OpenSSL words an alert of the other side
_UNNAMED_ALERT = re.compile(r"reason\(1(\d{3})\)")
_REJECTED = re.compile(r"verify result: (.+?) \(\d+\)")


def _tls(host: str, detail: str, os_errno: int) -> Failure:
    lowered = detail.lower()
    for theirs, kind, ours in _TLS_WORDS:
        if theirs in lowered:
            return Failure(kind=kind, sentence=f"No secure connection to {host}: {ours}.")
    if os_errno in (errno.ECONNRESET, errno.EPIPE):
        ours = "it reset the connection during the handshake"
        return Failure(kind=ProbeErrorKind.CLOSED_IN_TLS, sentence=f"No secure connection to {host}: {ours}.")
    sentence = f"No secure connection to {host}: {_in_words(detail)}."
    return Failure(kind=ProbeErrorKind.TLS_FAILED, sentence=sentence)


def _in_words(detail: str) -> str:
    """Return why a handshake failed, for one of the many rare reasons."""
    if (rejected := _REJECTED.search(detail)) is not None:
        return f"its certificate is rejected ({rejected[1]})"
    theirs = detail.rpartition("routines::")[2].rstrip(".")  # without OpenSSL's numbers
    if (unnamed := _UNNAMED_ALERT.search(theirs)) is not None:
        return f"it ended the handshake with TLS alert {int(unnamed[1])}"
    alert = _ALERT.fullmatch(theirs)
    return theirs if alert is None else f"it ended the handshake with the TLS alert {alert[1]!r}"


def _not_connected(host: str, port: int, os_errno: int) -> Failure:
    if os_errno == errno.ECONNREFUSED:
        sentence = f"{host} refused the connection on port {port}."
        return Failure(kind=ProbeErrorKind.CONNECT_REFUSED, sentence=sentence)
    reason = f" ({os.strerror(os_errno)})" if os_errno else ""
    return Failure(kind=ProbeErrorKind.CONNECT_FAILED, sentence=f"No connection to {host} on port {port}{reason}.")


def timed_out(host: str, port: int, timeout_s: float, at: Progress) -> Failure:
    """Return the failure of a probe that timed out with the progress *at*."""
    if not at.resolved:
        kind, doing = ProbeErrorKind.TIMEOUT_DNS, f"while resolving the name {host} (DNS)"
    elif not at.connected:
        kind, doing = ProbeErrorKind.TIMEOUT_CONNECT, f"while connecting to {host} on port {port}"
    elif not at.led:
        kind, doing = ProbeErrorKind.PROXY, f"while the proxy was connecting to {host}"
    elif not at.secured:
        kind, doing = ProbeErrorKind.TIMEOUT_TLS, f"during the TLS handshake with {host}"
    elif not at.answered:
        kind, doing = ProbeErrorKind.TIMEOUT_ANSWER, f"while waiting for a response from {host}"
    else:
        kind, doing = ProbeErrorKind.TIMEOUT_DOWNLOAD, f"while receiving the response of {host}"
    return Failure(kind=kind, sentence=f"Timed out after {timeout_s:g} s {doing}.")
