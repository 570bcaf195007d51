"""Adds the facts of CDP's ``Network.Response`` to an exchange. Pure."""

from core.debugging.cdp.connection import Params
from core.debugging.exchange_record import LONGEST_NUMBER, ExchangeRecord
from core.debugging.failures import FAILED, is_not_event_stream
from core.debugging.headers import header_value
from core.models import NetworkEventType

PARTLY_READ = ("media", "fetch", "xhr", "image")  # types of which a page may intentionally read only a part
PARTLY_READ_REASON = "The page read only a part of the body, which the browser does not keep."
STATUS_LINE_BYTES = 64  # estimate


def take_response(record: ExchangeRecord, response: Params, *, at: float) -> None:
    """Add *response*, which arrived *at* seconds on the browser's monotonic clock, to *record*."""
    record.response = response
    record.answered_at = at
    record.outcome = NetworkEventType.RESPONSE
    record.timing = response.get("timing")
    if record.resource_type == "preflight" and (began := (record.timing or {}).get("requestTime")):
        record.asked_at = min(record.asked_at, began)  # the browser reports a preflight only after its end
    record.status_code = response.get("status")
    record.status_text = response.get("statusText")
    record.response_headers = dict(response.get("headers") or {})
    if response.get("requestHeaders"):
        record.request_headers = dict(response["requestHeaders"])
    record.from_cache = cache_of(response, record.resource_type) or record.from_cache
    record.encoded_bytes = max(record.encoded_bytes, int(response.get("encodedDataLength") or 0))
    _add_details(record, response)


def cache_of(response: Params, resource_type: str | None) -> str | None:
    """Return the cache that answered; None for the network, and for the memory cache, which another event reports."""
    if response.get("fromServiceWorker"):
        return "service-worker"
    if response.get("fromPrefetchCache") and resource_type != "prefetch":  # the prefetch itself has the flag, too
        return "prefetch"
    return "disk" if response.get("fromDiskCache") else None


def _add_details(record: ExchangeRecord, response: Params) -> None:
    """Add the facts that only the details panel shows: TLS, and the service worker or cache that answered."""
    if security := response.get("securityDetails"):
        wanted = ("protocol", "keyExchange", "cipher", "subjectName", "issuer", "validFrom", "validTo")
        record.details["security"] = {name: security[name] for name in wanted if name in security}
    for name in ("serviceWorkerResponseSource", "cacheStorageCacheName", "alternateProtocolUsage", "charset"):
        if response.get(name):
            record.details[name] = response[name]


def bytes_with_body(record: ExchangeRecord) -> int:
    """Estimate the transferred bytes of a script, including its body; 0 if that is unknown or there was no body.

    The browser reports only the size of the headers for a worker's script, but the full size for its imports.
    """
    if record.resource_type != "script" or record.status_code == 304 or not record.url.startswith("http"):
        return 0
    body = record.decoded_bytes
    if _is_packed(record):
        body = min(_announced_bytes(record) or 0, body)
    reported = _reported_bytes(record)
    headers = sum(len(name) + len(value) + 4 for name, value in (record.response_headers or {}).items())
    return reported if reported > headers + body / 2 + STATUS_LINE_BYTES else reported + body


def lacks_body(record: ExchangeRecord) -> bool:
    """Whether the known transfer size of a script covers only its headers, so that the body's size is missing."""
    return (
        record.resource_type == "script"
        and _is_packed(record)
        and not record.from_cache
        and record.decoded_bytes > 0
        and record.encoded_bytes <= _reported_bytes(record)
    )


def bytes_so_far(record: ExchangeRecord) -> int:
    """Estimate the transferred bytes of a response whose end the browser did not report.

    Until the end, the browser counts only the headers. The transferred size of a compressed part is unknown.
    """
    is_local = record.from_cache or record.status_code == 304 or not record.url.startswith("http")
    if is_local or record.answered_at is None or _is_packed(record):
        return record.encoded_bytes
    return max(record.encoded_bytes, _reported_bytes(record) + record.decoded_bytes)


def lack_body(record: ExchangeRecord, why: str) -> None:
    """Note *why* the browser does not give out the body; its size is then the one that the response announces."""
    record.details.setdefault("body_missing", why)
    if not record.decoded_bytes:
        size = unread_bytes(record)
        record.decoded_bytes, record.is_size_unknown = size or 0, size is None


def is_pdf_viewed(record: ExchangeRecord) -> bool:
    """Whether the browser shows the response in its PDF viewer, whose page it then reports as the body."""
    is_pdf = (record.response or {}).get("mimeType") == "application/pdf"
    return is_pdf and record.resource_type == "document" and record.outcome not in FAILED


def lack_pdf(record: ExchangeRecord, why: str) -> None:
    """Like `lack_body`, for a PDF in the viewer: the sizes so far are those of the viewer's page."""
    record.decoded_bytes = 0
    lack_body(record, why)
    record.encoded_bytes = _reported_bytes(record)
    record.encoded_bytes = bytes_so_far(record)


def unread_bytes(record: ExchangeRecord) -> int | None:
    """Return the size of a body of which the browser reported no data; None if it is unknown.

    The browser reports no data of a body that nothing reads, such as a prefetch.
    """
    if is_bodiless(record):
        return 0
    announced = _announced_bytes(record)
    if announced is not None and not _is_packed(record):
        return announced
    return None if announced or record.encoded_bytes > _reported_bytes(record) else 0


def _announced_bytes(record: ExchangeRecord) -> int | None:
    length = header_value(record.response_headers, "content-length")
    return int(length) if length.isdecimal() and len(length) <= LONGEST_NUMBER else None


def _is_packed(record: ExchangeRecord) -> bool:
    return bool(header_value(record.response_headers, "content-encoding"))


def _reported_bytes(record: ExchangeRecord) -> int:
    """Return the transferred bytes that the browser reported with the headers, usually those of the headers."""
    return int((record.response or {}).get("encodedDataLength") or 0)


def is_bodiless(record: ExchangeRecord) -> bool:
    """Whether the response arrived and cannot have a body (RFC 9110 §6.4.1), or announces an empty one."""
    if record.answered_at is None:
        return False
    is_empty = header_value(record.response_headers, "content-length") == "0"
    return record.method == "HEAD" or record.status_code in (204, 205, 304) or is_empty


def is_partly_read(record: ExchangeRecord) -> bool:
    """Whether a page that stopped reading the response has all that it wanted, so that nothing failed.

    Examples: a video whose metadata was read, an event stream that was closed, or a script that cancelled a prefetch
    (`ReadableStream.cancel`). DevTools does not show these as failed either.
    """
    if record.answered_at is None or not 200 <= (record.status_code or 0) < 300:
        return False
    mime_type = str((record.response or {}).get("mimeType"))
    is_stream = record.resource_type == "eventsource" and mime_type.startswith("text/event-stream")
    return is_stream or record.resource_type in PARTLY_READ


def not_event_stream_reason(record: ExchangeRecord) -> str | None:
    """Explain the abort of an EventSource whose response is not an event stream; None for other exchanges."""
    mime_type = (record.response or {}).get("mimeType")
    if not is_not_event_stream(record.resource_type, record.status_code, mime_type):
        return None
    return f"The response is {mime_type}, not an event stream (ERR_ABORTED)."
