"""What CDP's ``Network.Response`` says of an exchange. Pure."""

from core.debugging.cdp.connection import Params
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import is_no_stream
from core.debugging.headers import header_value
from core.models import NetworkEventType

LEFT_OFF = ("media", "fetch", "xhr", "image")  # of which a page may want only a part
LEFT_OFF_WORDS = "The page took no more of it, and the browser keeps nothing of that."
STATUS_LINE_BYTES = 64  # about
LONGEST_NUMBER = 15  # digits of a length that anything could have


def take_response(record: ExchangeRecord, response: Params, *, at: float) -> None:
    """Let *record* have been answered by *response*, *at* seconds on the browser's monotonic clock."""
    record.response = response
    record.answered_at = at
    record.outcome = NetworkEventType.RESPONSE
    record.timing = response.get("timing")
    if record.resource_type == "preflight" and (began := (record.timing or {}).get("requestTime")):
        record.asked_at = min(record.asked_at, began)  # the browser tells of it only when it is over
    record.status_code = response.get("status")
    record.status_text = response.get("statusText")
    record.response_headers = dict(response.get("headers") or {})
    if response.get("requestHeaders"):
        record.request_headers = dict(response["requestHeaders"])
    record.from_cache = cache_of(response, record.resource_type) or record.from_cache
    record.encoded_bytes = max(record.encoded_bytes, int(response.get("encodedDataLength") or 0))
    _add_details(record, response)


def cache_of(response: Params, resource_type: str | None) -> str | None:
    """From which cache it came; None for the network, and for memory, of which another event tells."""
    if response.get("fromServiceWorker"):
        return "service-worker"
    if response.get("fromPrefetchCache") and resource_type != "prefetch":  # what is fetched ahead itself has it, too
        return "prefetch"
    return "disk" if response.get("fromDiskCache") else None


def _add_details(record: ExchangeRecord, response: Params) -> None:
    """Add what only the details panel shows: the connection's security, and who answered instead of the server."""
    if security := response.get("securityDetails"):
        wanted = ("protocol", "keyExchange", "cipher", "subjectName", "issuer", "validFrom", "validTo")
        record.details["security"] = {name: security[name] for name in wanted if name in security}
    for name in ("serviceWorkerResponseSource", "cacheStorageCacheName", "alternateProtocolUsage", "charset"):
        if response.get(name):
            record.details[name] = response[name]


def with_body(record: ExchangeRecord) -> int:
    """The bytes of a script's answer on the wire by what it says of its body; 0 where it says nothing, or none came.

    Of a worker's script the browser tells the headers' bytes alone, and of what that imports those of all.
    """
    if record.resource_type != "script" or record.status_code == 304 or not record.url.startswith("http"):
        return 0
    body = record.decoded_bytes
    if header_value(record.response_headers, "content-encoding"):
        length = header_value(record.response_headers, "content-length")
        body = min(int(length), body) if length.isdecimal() and len(length) <= LONGEST_NUMBER else 0
    told = int((record.response or {}).get("encodedDataLength") or 0)
    headers = sum(len(name) + len(value) + 4 for name, value in (record.response_headers or {}).items())
    return told if told > headers + body / 2 + STATUS_LINE_BYTES else told + body


def lacks_body(record: ExchangeRecord) -> bool:
    """Whether the bytes on the wire of a script are those of its headers, and nothing that came tells of the others."""
    told = int((record.response or {}).get("encodedDataLength") or 0)
    is_packed = bool(header_value(record.response_headers, "content-encoding"))
    return (
        record.resource_type == "script"
        and is_packed
        and not record.from_cache
        and record.decoded_bytes > 0
        and record.encoded_bytes <= told
    )


def is_bodiless(record: ExchangeRecord) -> bool:
    """Whether the answer has come and can have no body (RFC 9110 §6.4.1), or says that it has none."""
    if record.answered_at is None:
        return False
    is_empty = header_value(record.response_headers, "content-length") == "0"
    return record.method == "HEAD" or record.status_code in (204, 205, 304) or is_empty


def is_left_off(record: ExchangeRecord) -> bool:
    """Whether a page that takes no more of the answer had what it wanted: of a film its length, of events the last.

    So does a script that has read what it needed, as routers do that fetch ahead (`ReadableStream.cancel`); DevTools
    calls none of these failed, either.
    """
    if record.answered_at is None or not 200 <= (record.status_code or 0) < 300:
        return False
    mime_type = str((record.response or {}).get("mimeType"))
    is_stream = record.resource_type == "eventsource" and mime_type.startswith("text/event-stream")
    return is_stream or record.resource_type in LEFT_OFF


def no_stream(record: ExchangeRecord) -> str | None:
    """Why a page gave up a stream of events that is none, which the browser calls an abort; None for all else."""
    mime_type = (record.response or {}).get("mimeType")
    if not is_no_stream(record.resource_type, record.status_code, mime_type):
        return None
    return f"The answer is {mime_type or 'of no type'}, and no stream of events (ERR_ABORTED)."
