"""Turns CDP's resource timing into the phases of an exchange. Pure."""

from typing import Any

from core.debugging.waterfall import Phases

Timing = dict[str, Any]
"""CDP ``Network.ResourceTiming``: ``requestTime`` in seconds, all else in ms after it, -1 for missing phases."""


def phases_of(timing: Timing | None, *, asked_at: float, ended_at: float | None) -> Phases:
    """Return the phases of an exchange; they add up to its duration.

    Args:
        timing: None if the browser gave no timing: for a response from memory, or without a response.
        asked_at: When the page sent the request, in seconds on the browser's monotonic clock.
        ended_at: When the last byte arrived, on the same clock; None before that.
    """
    if not timing or not timing.get("requestTime"):
        return Phases()
    taken_at = timing["requestTime"]
    send_start = max(0.0, timing.get("sendStart", 0.0))
    send_end = max(send_start, timing.get("sendEnd", 0.0))
    # Not receiveHeadersStart: on a reused connection Chromium 156 sets it to the time of sending.
    first_byte = max(send_end, timing.get("receiveHeadersEnd", 0.0))
    dns = _span(timing, "dnsStart", "dnsEnd")
    tls = _span(timing, "sslStart", "sslEnd")
    connect = _span(timing, "connectStart", "connectEnd")
    tcp = None if connect is None else max(0.0, connect - (tls or 0.0))
    # The browser also waits before, between and after the steps of connecting; all of that counts as stalled.
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
