"""Explains why a request or page failed: turns the browser's codes into one sentence. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from core.debugging.headers import header_value
from core.models import NetworkEventType

ICON = re.compile(r"://[^/?#]+/favicon\.ico$")
FAILED = (NetworkEventType.ERROR, NetworkEventType.TIMEOUT)
"""Outcomes of an exchange whose response is missing or incomplete."""
NO_PAGE = (204, 205)
"""Statuses without a page, after which a browser keeps showing the current one (RFC 9110, 15.3.5 and 15.3.6)."""
UNFINISHED = "The response had started but had not finished when the session ended."
"""The error message of a response that was incomplete at the session's end; streams do not get it."""
NAVIGATED = "The page navigated to"
"""Start of the reason when the document was fine and a script or refresh in it opened a page that failed."""
NAVIGATED_STARTS = (NAVIGATED, "The page led on to")
"""`NAVIGATED`, and its former wording, which stored sessions may contain."""
BUSY = "A script keeps the page busy"
"""Start of the reason when the page did not answer at the end of its visit."""

# Chromium's net/base/net_error_list.h; codes that are missing here are shown without an explanation.
NET_ERRORS = {
    "ERR_NAME_NOT_RESOLVED": "the host's name could not be resolved (DNS)",
    "ERR_NAME_RESOLUTION_FAILED": "the host's name could not be resolved (DNS)",
    "ERR_DNS_TIMED_OUT": "the name server did not respond in time (DNS)",
    "ERR_CONNECTION_REFUSED": "the connection was refused: nothing listens there",
    "ERR_CONNECTION_RESET": "the connection was reset by the server",
    "ERR_CONNECTION_CLOSED": "the server closed the connection before it responded",
    "ERR_CONNECTION_ABORTED": "the connection was aborted",
    "ERR_CONNECTION_FAILED": "no connection could be made",
    "ERR_CONNECTION_TIMED_OUT": "no connection could be made in time",
    "ERR_TIMED_OUT": "no response arrived in time",
    "ERR_ADDRESS_UNREACHABLE": "the host's address cannot be reached",
    "ERR_ADDRESS_INVALID": "the host's address is invalid",
    "ERR_NETWORK_CHANGED": "the network changed during the request",
    "ERR_INTERNET_DISCONNECTED": "the browser is offline",
    "ERR_EMPTY_RESPONSE": "the server closed the connection without a response",
    "ERR_INVALID_HTTP_RESPONSE": "the response is not HTTP",
    "ERR_INVALID_RESPONSE": "the browser cannot use the response",
    "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH": "the response has different Content-Length headers",
    "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_DISPOSITION": "the response has different Content-Disposition headers",
    "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION": "the redirect has different Location headers",
    "ERR_RESPONSE_HEADERS_TRUNCATED": "the response ended within its headers",
    "ERR_INVALID_CHUNKED_ENCODING": "the response's chunks are malformed",
    "ERR_INCOMPLETE_CHUNKED_ENCODING": "the response ended before its last chunk",
    "ERR_CONTENT_LENGTH_MISMATCH": "the response ended before its announced length",
    "ERR_CONTENT_DECODING_FAILED": "the response's compression is broken",
    "ERR_RESPONSE_HEADERS_TOO_BIG": "the response's headers are too large",
    "ERR_TOO_MANY_REDIRECTS": "there were too many redirects",
    "ERR_INVALID_REDIRECT": "the redirect leads to an address that this request may not open",
    "ERR_UNSAFE_REDIRECT": "the redirect leads to an address that browsers do not open",
    "ERR_UNSAFE_PORT": "browsers refuse this port",
    "ERR_UNKNOWN_URL_SCHEME": "the browser does not know this kind of URL",
    "ERR_DISALLOWED_URL_SCHEME": "this kind of URL is not allowed here",
    "ERR_FILE_NOT_FOUND": "nothing exists at this URL",
    "ERR_ABORTED": "it was aborted by the page or the browser",
    "ERR_FAILED": "it failed",
    "ERR_ACCESS_DENIED": "access was denied",
    "ERR_BLOCKED_BY_CLIENT": "it was blocked in the browser",
    "ERR_BLOCKED_BY_ADMINISTRATOR": "Watchwright's address rules forbid this address",
    "ERR_BLOCKED_BY_RESPONSE": "the response's own policy forbids this use of it",
    "ERR_BLOCKED_BY_CSP": "the page's Content-Security-Policy forbids it",
    "ERR_BLOCKED_BY_ORB": "other origins may not read this kind of response (ORB)",
    "ERR_SSL_PROTOCOL_ERROR": "the server does not speak TLS properly",
    "ERR_SSL_VERSION_OR_CIPHER_MISMATCH": "browser and server share no TLS version or cipher",
    "ERR_BAD_SSL_CLIENT_AUTH_CERT": "the server did not accept the client certificate",
    "ERR_SSL_CLIENT_AUTH_CERT_NEEDED": "the server asks for a client certificate",
    "ERR_CERT_AUTHORITY_INVALID": "the certificate comes from an authority that the browser does not trust",
    "ERR_CERT_COMMON_NAME_INVALID": "the certificate is for another name",
    "ERR_CERT_DATE_INVALID": "the certificate has expired or is not valid yet",
    "ERR_CERT_REVOKED": "the certificate was revoked",
    "ERR_CERT_INVALID": "the certificate is not valid",
    "ERR_CERT_WEAK_SIGNATURE_ALGORITHM": "the certificate's signature is too weak",
    "ERR_CERT_WEAK_KEY": "the certificate's key is too weak",
    "ERR_CERTIFICATE_TRANSPARENCY_REQUIRED": "the certificate is in no public log",
    "ERR_HTTP2_PROTOCOL_ERROR": "the server aborted the response or violated HTTP/2",
    "ERR_HTTP2_INADEQUATE_TRANSPORT_SECURITY": "the server's TLS is too weak for HTTP/2",
    "ERR_HTTP2_SERVER_REFUSED_STREAM": "the server refused the request before it processed it (HTTP/2)",
    "ERR_HTTP2_PING_FAILED": "the HTTP/2 connection no longer responded",
    "ERR_HTTP_1_1_REQUIRED": "the server requires HTTP/1.1 for this request",
    "ERR_ALPN_NEGOTIATION_FAILED": "the request needs HTTP/2 or later, which the server does not offer",
    "ERR_QUIC_PROTOCOL_ERROR": "the server aborted the response or violated HTTP/3",
    "ERR_SSL_UNRECOGNIZED_NAME_ALERT": "the server reported that it has no certificate for this name",
    "ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN": "the certificate is not one that the browser expects for this name",
    "ERR_CERT_CONTAINS_ERRORS": "the certificate is malformed",
    "ERR_CERT_VALIDITY_TOO_LONG": "the certificate is valid for longer than browsers accept",
    "ERR_SOCKET_NOT_CONNECTED": "the connection was lost",
    "ERR_SOCKS_CONNECTION_FAILED": "the proxy could not connect to the host",
    "ERR_SOCKS_CONNECTION_HOST_UNREACHABLE": "the proxy could not reach the host",
    "ERR_UPLOAD_FILE_CHANGED": "the file to upload changed during the upload",
    "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS": "a page needs permission to request addresses in a private network",
    "ERR_PROXY_CONNECTION_FAILED": "the proxy could not be reached",
    "ERR_TUNNEL_CONNECTION_FAILED": "the proxy did not open a tunnel",
    "ERR_PROXY_AUTH_UNSUPPORTED": "the proxy requires a kind of sign-in that the browser does not support",
    "ERR_INVALID_AUTH_CREDENTIALS": "a sign-in was required, but there were no credentials or they were not accepted",
    "ERR_CACHE_MISS": "it is not in the cache",
    "ERR_INSUFFICIENT_RESOURCES": "the browser ran out of resources",
    "ERR_OUT_OF_MEMORY": "the browser ran out of memory",
}

SCRIPTS_OFF = "scripts-off"
BLOCK_PATTERN = "inspector"
BY_OPTION = (SCRIPTS_OFF, BLOCK_PATTERN)
"""The reasons for requests that the session's own options block."""
# CDP Network.BlockedReason, and SCRIPTS_OFF, which is our own.
BLOCKED = {
    SCRIPTS_OFF: "this session has scripts switched off",
    "other": "the browser blocked it",
    "csp": "the page's Content-Security-Policy forbids it",
    "mixed-content": "an https page may not load this over http (mixed content)",
    "origin": "its origin may not be requested from here",
    BLOCK_PATTERN: "a block pattern of this session matches it",
    "integrity": "its content does not match the hash that the page requires (integrity)",
    "subresource-filter": "the browser's filter for abusive content blocked it",
    "content-type": "its content type is not allowed for this use",
    "coep-frame-resource-needs-coep-header": "the page's COEP requires a COEP header of this frame",
    "coop-sandboxed-iframe-cannot-navigate-to-coop-page": "a sandboxed frame may not open a page with COOP",
    "corp-not-same-origin": "its Cross-Origin-Resource-Policy allows the same origin only",
    "corp-not-same-origin-after-defaulted-to-same-origin-by-coep": "COEP requires a Cross-Origin-Resource-Policy of it",
    "corp-not-same-site": "its Cross-Origin-Resource-Policy allows the same site only",
    "sri-message-signature-mismatch": "its signature does not match",
}

# CDP Network.CorsError.
CORS = {
    "MissingAllowOriginHeader": "the response has no Access-Control-Allow-Origin header",
    "WildcardOriginNotAllowed": "Access-Control-Allow-Origin may not be * when credentials are sent",
    "MultipleAllowOriginValues": "Access-Control-Allow-Origin has more than one value",
    "InvalidAllowOriginValue": "Access-Control-Allow-Origin is not an origin",
    "AllowOriginMismatch": "Access-Control-Allow-Origin names another origin",
    "InvalidAllowCredentials": "Access-Control-Allow-Credentials is not true though credentials are sent",
    "DisallowedByMode": "the request's mode forbids another origin",
    "CorsDisabledScheme": "this kind of URL cannot be requested across origins",
    "PreflightInvalidStatus": "the preflight was not answered with a status of 200 to 299",
    "PreflightDisallowedRedirect": "the preflight was redirected",
    "PreflightWildcardOriginNotAllowed": "the preflight's Access-Control-Allow-Origin may not be * with credentials",
    "PreflightMissingAllowOriginHeader": "the preflight's response has no Access-Control-Allow-Origin header",
    "PreflightMultipleAllowOriginValues": "the preflight's Access-Control-Allow-Origin has more than one value",
    "PreflightInvalidAllowOriginValue": "the preflight's Access-Control-Allow-Origin is not an origin",
    "PreflightAllowOriginMismatch": "the preflight's Access-Control-Allow-Origin names another origin",
    "PreflightInvalidAllowCredentials": "the preflight does not allow credentials",
    "InvalidAllowMethodsPreflightResponse": "the preflight's Access-Control-Allow-Methods cannot be read",
    "InvalidAllowHeadersPreflightResponse": "the preflight's Access-Control-Allow-Headers cannot be read",
    "MethodDisallowedByPreflightResponse": "the preflight does not allow this method",
    "HeaderDisallowedByPreflightResponse": "the preflight does not allow this header",
    "LocalNetworkAccessPermissionDenied": "a page needs permission to request addresses in a private network",
    "RedirectContainsCredentials": "the redirect's URL contains a name and password",
}


def is_failed(
    outcome: NetworkEventType | None, status: int | None, *, url: str = "", resource_type: str | None = None
) -> bool:
    """Whether an exchange failed: its response is missing or incomplete, or its status is 400 or higher.

    A missing or aborted favicon is no failure: browsers request it from every website by themselves and hide that.
    """
    is_icon = resource_type == "other" and (status or 0) < 500 and ICON.search(url) is not None
    return (outcome in FAILED or (status or 0) >= 400) and not is_icon


def is_not_event_stream(resource_type: str | None, status: int | None, mime_type: str | None) -> bool:
    """Whether an EventSource request got a response that is not an event stream.

    Browsers decide by the content type alone (HTML, "announce the connection"). No type means that the browser
    withheld the response, for example because of CORS: it gives a type even to a response that names none.
    """
    is_other = status == 200 and bool(mime_type) and not str(mime_type).startswith("text/event-stream")
    return resource_type == "eventsource" and is_other


ABORTED = "net::ERR_ABORTED"
"""The browser's error for a navigation that was left or became a download, and when a page stops reading a response."""
UNUSED = ("ERR_ABORTED", "ERR_FAILED", "ERR_INVALID_RESPONSE")
TIMEOUTS = ("ERR_TIMED_OUT", "ERR_CONNECTION_TIMED_OUT", "ERR_DNS_TIMED_OUT")


def failure_type(error_text: str) -> NetworkEventType:
    """Return TIMEOUT for a timeout, else ERROR; *error_text* is CDP's, such as ``net::ERR_TIMED_OUT``."""
    return NetworkEventType.TIMEOUT if _code(error_text) in TIMEOUTS else NetworkEventType.ERROR


def failure_reason(
    error_text: str,
    *,
    status: int | None = None,
    blocked_reason: str | None = None,
    cors_error: dict[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> str:
    """Return one sentence with the browser's reason, and its code in brackets.

    Args:
        error_text: CDP ``Network.loadingFailed.errorText``; may be empty.
        status: The status of the response, if it arrived before the failure.
        blocked_reason: CDP ``Network.BlockedReason``.
        cors_error: CDP ``Network.CorsErrorStatus``.
        headers: The response headers, if they arrived; they contain the rule that forbids a frame.
    """
    code = _code(error_text)
    if code == "ERR_HTTP_RESPONSE_CODE_FAILURE" and status is not None:
        is_announced = header_value(headers, "content-length") not in ("", "0")
        what = ", but its body could not be read" if is_announced else " and empty"
        return f"The response was {status}{what} ({code})."
    if code == "ERR_ABORTED" and status in NO_PAGE:
        return f"The response was {status}, which means no content ({code})."
    if cors_error:
        error = str(cors_error.get("corsError", ""))
        named = f": {cors_error['failedParameter']}" if cors_error.get("failedParameter") else ""
        return f"Blocked by CORS: {CORS.get(error, 'the other origin does not allow it')}{named} ({error or code})."
    if blocked_reason == "other" and (rule := _framing(headers or {})):
        return f"Blocked: its {rule} forbids it in this frame ({blocked_reason})."
    if blocked_reason:
        return f"Blocked: {BLOCKED.get(blocked_reason, 'the browser blocked it')} ({blocked_reason})."
    if code in UNUSED and status is not None and status >= 400:  # the code is the consequence, the status the cause
        return f"The response was {status}, so the browser did not use it ({code})."
    if code in ("ERR_FAILED", "ERR_ABORTED") and status in (301, 302, 303, 307, 308):
        return f"The response was a redirect, which was not followed ({code})."
    words = NET_ERRORS.get(code)
    if words is None:
        return f"Failed: {error_text or 'the browser gave no reason'}."
    return f"{words[0].upper()}{words[1:]} ({code})."


def _framing(headers: Mapping[str, str]) -> str | None:
    """Return the header that forbids showing the response in a frame (CSP 3 ``frame-ancestors``, RFC 7034)."""
    policies = header_value(headers, "content-security-policy").replace(",", ";").replace("\n", ";").split(";")
    ancestors = next((part.strip() for part in policies if part.strip().lower().startswith("frame-ancestors")), None)
    if ancestors is not None:
        return f"Content-Security-Policy “{ancestors[:100]}”"
    options = header_value(headers, "x-frame-options")
    return f"X-Frame-Options “{options[:100]}”" if options else None


def _code(error_text: str) -> str:
    return error_text.removeprefix("net::").strip()
