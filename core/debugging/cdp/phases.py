"""CDP's resource timing turned into the phases of one exchange. Pure."""

from typing import Any

from core.debugging.waterfall import Phases

Timing = dict[str, Any]
"""CDP ``Network.ResourceTiming``: ``requestTime`` in seconds, all else in ms after it, -1 for what did not happen."""


def phases_of(timing: Timing | None, *, asked_at: float, ended_at: float | None) -> Phases:
    """Where the time of an exchange went; the phases add up to its duration.

    Args:
        timing: None where the browser gave none: an answer from its memory, or no answer.
        asked_at: When the page asked, on the browser's monotonic clock in seconds.
        ended_at: When the last byte came, on the same clock; None while it has not.
    """
    if not timing or not timing.get("requestTime"):
        return Phases()
    taken_at = timing["requestTime"]
    send_start = max(0.0, timing.get("sendStart", 0.0))
    send_end = max(send_start, timing.get("sendEnd", 0.0))
    # Not receiveHeadersStart: on a reused connection Chromium 156 gives the instant of sending for it.
    first_byte = max(send_end, timing.get("receiveHeadersEnd", 0.0))
    dns = _span(timing, "dnsStart", "dnsEnd")
    tls = _span(timing, "sslStart", "sslEnd")
    connect = _span(timing, "connectStart", "connectEnd")
    tcp = None if connect is None else max(0.0, connect - (tls or 0.0))
    # The browser's own waits lie before, between and after making the connection; all are stalling.
    stalled = max(0.0, send_start - (dns or 0.0) - (connect or 0.0))
    download = None if ended_at is None else max(0.0, (ended_at - taken_at) * 1000 - first_byte)
    return Phases(
        queued_ms=_round(max(0.0, (taken_at - asked_at) * 1000)),
        stalled_ms=_round(stalled),
        dns_ms=_round(dns),
        connect_ms=_round(tcp),
        tls_ms=_round(tls),
        sent_ms=_round(send_end - send_start),
        waiting_ms=_round(first_byte - send_end),
        download_ms=_round(download),
    )


def _span(timing: Timing, start: str, end: str) -> float | None:
    if timing.get(start, -1.0) < 0 or timing.get(end, -1.0) < 0:
        return None
    return float(max(0.0, timing[end] - timing[start]))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
