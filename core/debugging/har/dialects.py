"""Reads the fields that programs write in their own way: Chrome, Firefox, Safari, Playwright and Charles. Pure."""

from core.addresses import bracketed
from core.debugging.failures import failure_reason
from core.debugging.har.model import HarEntry

SAFARI_CACHES = {"memory cache": "memory", "disk cache": "disk", "service worker": "service-worker"}
NET_ERROR = "net::ERR_"  # Chromium's codes
ROUNDING_MS = 3.0  # of several phases in whole milliseconds
WHOLE = "COMPLETE"  # Charles: the exchange is complete


def from_cache(entry: HarEntry) -> str | None:
    """Return the cache that answered; None for the network.

    Chrome names the cache in ``_fromCache``, Safari in ``_fetchType``; Firefox writes ``afterRequest`` in ``cache``.
    """
    if entry.is_from_worker or entry.response.is_from_worker:
        return "service-worker"
    named = entry.from_cache[:16] or SAFARI_CACHES.get(entry.fetch_type.lower())
    return named or ("browser" if "afterRequest" in entry.cache else None)


def transferred_bytes(entry: HarEntry, program: str) -> int | None:
    """Return the transferred bytes as *program* shows them; None if the file does not contain them.

    HAR's ``bodySize`` excludes the headers, but Firefox writes the total transferred size there.
    """
    response = entry.response
    if response.transfer_size is not None:
        return int(response.transfer_size)
    if response.body_size is None:
        return None
    return int(response.body_size + (0 if program == "firefox" else response.headers_size or 0))


def failure(entry: HarEntry) -> str | None:
    """Return why the response is missing or incomplete; None if it is complete.

    Chrome also writes an error for a script with status 404, although there was a response. Playwright writes the
    browser's error as ``_failureText``.
    """
    response = entry.response
    error = response.error or response.failure_text
    if "HTTP_RESPONSE_CODE_FAILURE" in error and response.status:
        return None
    if response.charles_status not in ("", WHOLE):
        return f"Charles did not see the end of it ({response.charles_status[:40]})."
    if error.startswith(NET_ERROR):
        return failure_reason(error, status=int(response.status) if response.status else None)
    if error or not response.status:
        return error or "The file contains no response to this request."
    return None


def connection_id(entry: HarEntry, program: str) -> str | None:
    """Return the id of the connection; None if the file does not contain it.

    HAR's ``connection`` is an id or a port. Firefox writes the server's port. Chrome does, too, and the id in
    ``_connectionId``. So does an export of Watchwright, with the port also in ``_remoteAddress``.
    """
    is_port = program == "firefox" or entry.remote_address.endswith(f":{entry.connection}")
    named = entry.connection_id or ("" if is_port else entry.connection)
    return named[:32] or None


def remote_address(entry: HarEntry, program: str) -> str | None:
    """Return ``address:port``, or the address alone if the file does not contain the port."""
    is_port = bool(entry.connection_id) or program == "firefox"
    port = entry.server_port or (entry.connection if is_port else "")
    host = bracketed(entry.address.strip("[]"))
    known = f"{host}:{port}" if host and port.isdecimal() else host
    return (entry.remote_address or known)[:64] or None


def by_standard(entry: HarEntry, program: str) -> HarEntry:
    """Return *entry* with times as in HAR 1.2: ``connect`` includes ``ssl``, and ``time`` counts it once.

    In files of Firefox and mitmproxy, ``connect`` excludes ``ssl``. Playwright includes it but adds it to ``time``
    again, and for a connection without TLS it writes an ``ssl`` that is longer than ``connect``.
    """
    timings = entry.timings
    ssl, connect = timings.ssl, timings.connect
    if not ssl or connect is None:
        return entry
    steps = (timings.blocked, timings.dns, connect, timings.send, timings.wait, timings.receive)
    rest = (entry.time or 0.0) - sum(step or 0.0 for step in steps)
    is_added = abs(rest - ssl) < min(abs(rest), ROUNDING_MS)
    if program == "playwright":
        time = (entry.time or 0.0) - ssl if is_added else entry.time
        return _with_times(entry, time, ssl=ssl if ssl <= connect else None)
    return _with_times(entry, entry.time, connect=connect + ssl) if is_added or ssl > connect else entry


def _with_times(entry: HarEntry, time: float | None, **phases: float | None) -> HarEntry:
    return entry.model_copy(update={"time": time, "timings": entry.timings.model_copy(update=phases)})
