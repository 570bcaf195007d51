"""Converts a check into a span by OpenTelemetry's conventions for HTTP clients. Pure."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from core.models import MonitorStatus
from core.monitoring.judged_result import JudgedResult
from core.monitoring.probe import ProbeResult
from core.monitoring.request import port_of
from core.tracing import FinishedSpan

PHASES = (("dns", "dns_ms"), ("connect", "connect_ms"), ("tls", "tls_ms"), ("first byte", "ttfb_ms"))


def span_of(judged: JudgedResult) -> FinishedSpan:
    """Return the span of the check *judged*."""
    result, verdict = judged.result, judged.verdict
    is_down = verdict.status is MonitorStatus.DOWN
    kind = verdict.kind or str(result.http_status_code or "unknown")
    return FinishedSpan(
        name=result.method,
        kind="client",
        began_at=result.started_at,
        ended_at=result.started_at + timedelta(milliseconds=result.response_time_ms),
        facts=_request(result)
        | {f"watchwright.phase.{field}": getattr(result, field) for _name, field in PHASES}
        | {
            "watchwright.phase.download_ms": result.download_ms,
            "watchwright.website.id": judged.website_id,
            "watchwright.status": verdict.status.value.lower(),
            "watchwright.lag_ms": judged.lag_ms,
            "watchwright.redirects": len(result.redirects),
        },
        moments=() if result.redirects else _moments(result),
        failure=(str(kind), verdict.reason or "") if is_down else None,
    )


def _request(result: ProbeResult) -> dict[str, str | int | None]:
    parts = urlsplit(result.url)
    protocol, _slash, number = (result.http_version or "").lower().partition("/")
    return {
        "http.request.method": result.method,
        "url.full": result.url,
        "server.address": parts.hostname or "",
        "server.port": port_of(result.url),
        "http.response.status_code": result.http_status_code,
        "http.response.body.size": result.body_bytes,
        "network.protocol.version": number or protocol.removeprefix("h") or None,
        "network.peer.address": result.address,
    }


def _moments(result: ProbeResult) -> tuple[tuple[str, datetime], ...]:
    """Return when each phase ended. Valid without redirects only, because phases are sums over redirects."""
    moments, at = [], result.started_at
    for name, field in PHASES:
        took_ms = getattr(result, field)
        if took_ms is not None:
            at += timedelta(milliseconds=took_ms)
            moments.append((name, at))
    return tuple(moments)
