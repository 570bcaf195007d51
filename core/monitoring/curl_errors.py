"""libcurl's error codes in a person's words: what failed, where, and in which phase. Pure."""

import errno
import os
from dataclasses import dataclass
from enum import StrEnum

import pycurl


class ProbeErrorKind(StrEnum):
    """What kind of thing went wrong, for programs; people read the sentence."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    CLOSED = "closed"
    REDIRECT = "redirect"
    URL = "url"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    kind: ProbeErrorKind
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a transfer came: which of its milestones was reached."""

    resolved: bool
    connected: bool
    secured: bool
    """Its TLS handshake is done, or it needs none."""
    answered: bool


def explain(code: int, detail: str, *, os_errno: int, host: str, port: int, timeout_s: float, at: Progress) -> Failure:
    """The failure behind libcurl's result *code* (``CURLE_*``).

    Args:
        code: As ``CurlMulti.info_read`` gives it.
        detail: libcurl's own message for this transfer.
        os_errno: The last failed system call's, 0 where there was none.
        timeout_s: How long the probe may take in all, in seconds.
        at: How far it came; tells a timeout's phase.
    """
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return Failure(kind=ProbeErrorKind.TIMEOUT, sentence=_timeout(host, port, timeout_s, at))
    if code == pycurl.E_COULDNT_RESOLVE_HOST:
        return Failure(kind=ProbeErrorKind.DNS, sentence=f"The name {host} could not be resolved (DNS).")
    if code == pycurl.E_COULDNT_CONNECT:
        return Failure(kind=ProbeErrorKind.CONNECT, sentence=_refused(host, port, os_errno))
    if code in _TLS_CODES:
        return Failure(kind=ProbeErrorKind.TLS, sentence=_tls(host, detail))
    if code == pycurl.E_GOT_NOTHING:
        return Failure(kind=ProbeErrorKind.CLOSED, sentence=f"{host} closed the connection without an answer.")
    if code in (pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR, pycurl.E_PARTIAL_FILE):
        when = "in the middle of its answer" if at.answered else "before it answered"
        return Failure(kind=ProbeErrorKind.CLOSED, sentence=f"{host} broke off the connection {when}.")
    if code in _NOT_HTTP_CODES:
        return Failure(
            kind=ProbeErrorKind.PROTOCOL, sentence=f"What {host} answered is not HTTP: {detail.rstrip('.')}."
        )
    if code == pycurl.E_WRITE_ERROR:  # only our own bound makes a write fail
        return Failure(kind=ProbeErrorKind.PROTOCOL, sentence=f"{host} sent more headers than any browser would take.")
    if code == pycurl.E_URL_MALFORMAT:
        return Failure(kind=ProbeErrorKind.URL, sentence="The URL cannot be requested as it is written.")
    return Failure(kind=ProbeErrorKind.OTHER, sentence=f"The request to {host} failed: {detail.rstrip('.')}.")


_TLS_CODES = (
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_SSL_CERTPROBLEM,
    pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_ISSUER_ERROR,
)

_NOT_HTTP_CODES = (
    pycurl.E_UNSUPPORTED_PROTOCOL,
    pycurl.E_FTP_WEIRD_SERVER_REPLY,  # CURLE_WEIRD_SERVER_REPLY by its old name
    pycurl.E_HTTP2,
    92,  # CURLE_HTTP2_STREAM, for which pycurl has no name
)

_TLS_WORDS = (  # how OpenSSL and libcurl say it, and how a person would
    ("certificate has expired", "its certificate has expired"),
    ("not yet valid", "its certificate is not valid yet"),
    ("self-signed", "its certificate is self-signed"),
    ("self signed", "its certificate is self-signed"),
    ("unable to get local issuer", "its certificate was issued by nobody we trust"),
    ("does not match", "its certificate is for another host"),
    ("no alternative certificate subject name", "its certificate is for another host"),
)


def _tls(host: str, detail: str) -> str:
    lowered = detail.lower()
    for theirs, ours in _TLS_WORDS:
        if theirs in lowered:
            return f"No secure connection to {host}: {ours}."
    return f"No secure connection to {host}: {detail.rstrip('.')}."


def _refused(host: str, port: int, os_errno: int) -> str:
    if os_errno == errno.ECONNREFUSED:
        return f"{host} refused the connection on port {port}."
    reason = f" ({os.strerror(os_errno)})" if os_errno else ""
    return f"No connection to {host} on port {port}{reason}."


def _timeout(host: str, port: int, timeout_s: float, at: Progress) -> str:
    if not at.resolved:
        doing = f"resolving the name {host}"
    elif not at.connected:
        doing = f"connecting to {host} on port {port}"
    elif not at.secured:
        doing = f"the TLS handshake with {host}"
    elif not at.answered:
        doing = f"waiting for {host} to answer"
    else:
        doing = f"receiving the answer of {host}"
    return (
        f"Timed out after {timeout_s:g} s while {doing}."
        if at.resolved
        else (f"Timed out after {timeout_s:g} s while {doing} (DNS).")
    )
