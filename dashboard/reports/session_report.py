"""Renders a debug session as one HTML page without scripts and external files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.debugging.compare_words import MILESTONES
from core.debugging.waterfall import Exchange
from core.models import DebugSession
from core.phrases import sized
from dashboard import theme
from dashboard.format import milliseconds
from dashboard.html_templates import templates
from dashboard.words.debug_session import name_of

# The report may be forwarded, so it must not load or run anything that was captured.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
PHASE_WORDS = {
    "queued": "Queued",
    "stalled": "Stalled",
    "dns": "DNS",
    "connect": "Connect",
    "tls": "TLS",
    "sent": "Sent",
    "waiting": "Waiting",
    "download": "Download",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One exchange; *bars* are (phase, left, width) in per cent of the whole time."""

    exchange: Exchange
    status: str
    started: str
    time: str
    size: str
    bars: tuple[tuple[str, float, float], ...]


def to_html(session: DebugSession, website: str, exchanges: Sequence[Exchange]) -> str:
    """Return the report of *session*. Captured text is escaped."""
    milestones = session.milestones or {}
    return templates.get_template("session_report.html").render(
        name=name_of(session),
        website=website,
        session=session,
        policy=POLICY,
        marks=[(words, milliseconds(milestones[name])) for name, words in MILESTONES.items() if name in milestones],
        end=milliseconds(end_of(exchanges)),
        failed=sum(exchange.is_failed for exchange in exchanges),
        transferred=sized(sum(exchange.encoded_bytes or 0 for exchange in exchanges)),
        **style(),
        lines=lines(exchanges),
    )


def style() -> dict[str, Any]:
    """Return the variables of the template ``request_style.html``."""
    return {"variables": theme.variables() + theme.by_system(), "phase_words": PHASE_WORDS}


def lines(exchanges: Sequence[Exchange]) -> list[Line]:
    """Return the exchanges as lines of a report's table."""
    end = end_of(exchanges)
    return [_line(exchange, end) for exchange in exchanges]


def end_of(exchanges: Sequence[Exchange]) -> float:
    """Return when the last exchange ended, in ms; never 0, as callers divide by it."""
    return max((exchange.end_ms for exchange in exchanges), default=0) or 1


def _line(exchange: Exchange, end: float) -> Line:
    return Line(
        exchange=exchange,
        status=str(exchange.status_code or ("failed" if exchange.is_failed else "pending")),
        started=milliseconds(exchange.started_ms),
        time=milliseconds(exchange.duration_ms),
        size=sized(exchange.encoded_bytes),
        bars=tuple(_bars(exchange, end)),
    )


def _bars(exchange: Exchange, end: float) -> Iterator[tuple[str, float, float]]:
    at = exchange.started_ms
    for phase in PHASE_WORDS:
        length = getattr(exchange.phases, f"{phase}_ms") or 0.0
        if length > 0:
            yield phase, 100 * at / end, 100 * length / end
        at += max(length, 0.0)
    if at == exchange.started_ms and exchange.duration_ms:
        yield "queued", 100 * at / end, 100 * exchange.duration_ms / end
