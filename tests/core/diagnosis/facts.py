"""Factories of evidence for tests, which pass only the facts that matter."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.debugging.waterfall import FACTS, Exchange, Phases
from core.diagnosis.evidence import CheckFact, Evidence
from core.diagnosis.look_facts import HopFact, LookFact, LookupFact
from core.diagnosis.session_facts import ConsoleFact, SessionFact
from core.models import MonitorStatus, NetworkEventType

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://shop.example/"


def check(kind: str | None = None, **overrides: Any) -> CheckFact:
    """Return a failed check."""
    given: dict[str, Any] = {"id": 7, "status": MonitorStatus.DOWN, "checked_at": NOON, "error_kind": kind} | overrides
    return CheckFact(**given)


def look(*addresses: str, **overrides: Any) -> LookFact:
    """Return a successful look at *addresses*."""
    lookup = LookupFact(resolver="system", ms=3.0, addresses=addresses or ("192.0.2.1",))
    given: dict[str, Any] = {"id": 3, "began_at": NOON, "lookups": (lookup,), "hops": (hop(),)} | overrides
    return LookFact(**given)


def hop(status: int | None = 200, **overrides: Any) -> HopFact:
    given: dict[str, Any] = {"url": URL, "status": status} | overrides
    return HopFact(**given)


def exchange(path: str, kind: str = "script", **overrides: Any) -> Exchange:
    """Return a successful request of the page."""
    status = overrides.pop("status_code", 200)
    given: dict[str, Any] = {
        **dict.fromkeys(FACTS),
        "exchange_id": path,
        "url": path if "://" in path else f"https://shop.example{path}",
        "method": "GET",
        "started_ms": 1.0,
        "duration_ms": 10.0,
        "phases": Phases(waiting_ms=5.0, download_ms=1.0),
        "outcome": NetworkEventType.RESPONSE,
        "status_code": status,
        "resource_type": kind,
        "mime_type": "text/html" if kind == "document" else None,
    }
    return Exchange(**(given | overrides))


def failed(path: str, words: str, kind: str = "script") -> Exchange:
    """Return a request of the page that the browser could not complete."""
    return exchange(path, kind, status_code=None, outcome=NetworkEventType.ERROR, error_message=words)


def session(*exchanges: Exchange, console: tuple[ConsoleFact, ...] = (), **overrides: Any) -> SessionFact:
    """Return a session whose document loaded and that painted something."""
    milestones = {"load": 300.0, "first_contentful_paint": 120.0}
    given: dict[str, Any] = {
        "id": 11,
        "started_at": NOON,
        "url": URL,
        "milestones": milestones,
        "exchanges": (exchange("/", "document"), *exchanges),
        "console": console,
    }
    return SessionFact(**(given | overrides))


def thrown(text: str, **overrides: Any) -> ConsoleFact:
    given: dict[str, Any] = {"id": 1, "level": "error", "source": "exception", "text": text} | overrides
    return ConsoleFact(**given)


def evidence(**given: Any) -> Evidence:
    return replace(Evidence(url=URL), **given)
