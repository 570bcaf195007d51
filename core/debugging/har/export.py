"""Exports a debug session as HAR 1.2: its page, console and exchanges, as a log or as the text of a file. Pure."""

import json
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from core.debugging.har.export_entry import PAGE_ID, UNKNOWN, har_entry, instant
from core.debugging.waterfall import by_exchange, fold
from core.models import ConsoleMessage, DebugSession, NetworkEvent


def to_har(
    session: DebugSession, events: Iterable[NetworkEvent], console: Iterable[ConsoleMessage] = ()
) -> dict[str, Any]:
    """Return the HAR 1.2 log of *session*: one page, and an entry for each exchange, sorted by time.

    Args:
        session: Provides the page's title, start and milestones.
        events: All events of the session, with their headers and payloads.
        console: Written to the extension ``_console``, because HAR has no field for it.
    """
    log: dict[str, Any] = {
        "version": "1.2",
        "creator": {"name": "Watchwright", "version": _version()},
        "browser": {"name": session.browser_type or "", "version": session.browser_version or ""},
        "pages": [_page(session)],
        "entries": _entries(session, events),
    }
    messages = [_console(message) for message in console]
    return {"log": log | ({"_console": messages} if messages else {})}


def to_har_text(session: DebugSession, events: Iterable[NetworkEvent], console: Iterable[ConsoleMessage] = ()) -> str:
    """Return the result of `to_har` as the text of a ``.har`` file."""
    head, tail = har_frame(session, console)
    return f"{head}\n{har_lines(session, events)}{tail}"


def har_frame(session: DebugSession, console: Iterable[ConsoleMessage]) -> tuple[str, str]:
    """Return the text of a ``.har`` file before and after its entries."""
    text = json.dumps(to_har(session, (), console), ensure_ascii=False, indent=1)
    head, mark, tail = text.partition('"entries": [')  # unique, because quotes inside strings are escaped
    return head + mark, tail


def har_lines(session: DebugSession, events: Iterable[NetworkEvent]) -> str:
    """Return the entries of *events*, one per line, separated by commas."""
    return ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in _entries(session, events))


def _entries(session: DebugSession, events: Iterable[NetworkEvent]) -> list[dict[str, Any]]:
    entries = [
        har_entry(session, fold(exchange_id, several), several) for exchange_id, several in by_exchange(events).items()
    ]
    return sorted(entries, key=lambda entry: str(entry["startedDateTime"]))


def _version() -> str:
    try:
        return version("watchwright")
    except PackageNotFoundError:
        return "unknown"


def _page(session: DebugSession) -> dict[str, Any]:
    milestones = session.milestones or {}
    return {
        "startedDateTime": instant(session.started_at),
        "id": PAGE_ID,
        "title": session.url or session.title or "",
        "pageTimings": {
            "onContentLoad": milestones.get("dom_content_loaded", UNKNOWN),
            "onLoad": milestones.get("load", UNKNOWN),
        },
        "_session": {name: value for name, value in _session(session).items() if value is not None},
    }


def _session(session: DebugSession) -> dict[str, Any]:
    """Return the facts about a session for which HAR has no field."""
    return {
        "state": session.state,
        "success": session.success,
        "error": session.error_message,
        "userAgent": session.user_agent,
        "title": session.title,
        "completedDateTime": instant(session.completed_at) if session.completed_at else None,
        "isRedacted": session.is_redacted,
        "droppedCount": session.dropped_count,
        "milestones": session.milestones,
    }


def _console(message: ConsoleMessage) -> dict[str, Any]:
    return {
        "startedDateTime": instant(message.timestamp),
        "level": message.level,
        "source": message.source,
        "text": message.text,
        "url": message.url,
        "line": message.line_number,
        "column": message.column_number,
        "stack": message.stack,
        "exchangeId": message.exchange_id,
    }
