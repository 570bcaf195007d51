"""Reads a HAR 1.2 file of any program as a debug session with its network events. Pure; the file may be hostile."""

import json
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from core.debugging.failures import is_failed
from core.debugging.har.entry import ExchangeIds, events_of
from core.debugging.har.model import HarFile, HarLog, HarPage, HarProgram
from core.debugging.headers import header_value
from core.errors import InvalidInput
from core.models import DebugSessionState, NetworkEventType, SessionTrigger
from core.schemas.base import explain
from core.schemas.debug_session import DebugSessionCreate
from core.schemas.network_event import NetworkEventCreate

MIB = 1024 * 1024
LARGEST_FILE = 256 * MIB  # bytes; the parsed session needs several times this in memory
MAX_VALUES = 20_000_000  # lists and objects; even a small one takes 60 bytes of memory
MAX_MESSAGES = 5_000  # console messages
ARCHIVES = ((b"PK\x03\x04", "a ZIP archive"), (b"\x1f\x8b", "compressed with gzip"))  # Playwright writes ZIP files


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSession:
    """The content of a HAR file, not yet redacted."""

    session: DebugSessionCreate
    events: list[NetworkEventCreate]
    """A request and its end for each entry, in the order of the file; their session id is 0."""
    console: list[dict[str, Any]]
    """Each dict holds the fields of a `core.models.ConsoleMessage`."""


def from_har(text: str | bytes, *, website_id: int) -> ImportedSession:
    """Read a HAR file.

    Raises:
        InvalidInput: The file is too large, not JSON, or not HAR; the message says where it is wrong.
    """
    log = _read(text).log
    started_at = _start(log)
    ids = ExchangeIds(_program(log).name)
    events: list[NetworkEventCreate] = []
    for number, entry in enumerate(log.entries):
        events += events_of(entry, started_at, ids.exchange_id(number, entry), ids)
    return ImportedSession(
        session=_session(log, started_at, events, website_id), events=events, console=_console(log, started_at)
    )


def _read(text: str | bytes) -> HarFile:
    if len(text) > LARGEST_FILE:
        raise InvalidInput(f"This file has {len(text) / MIB:,.0f} MB; a HAR of at most 256 MB can be imported.")
    packed = next((what for begin, what in ARCHIVES if isinstance(text, bytes) and text.startswith(begin)), None)
    if packed:
        raise InvalidInput(f"This file is {packed}. Extract the .har file from it and import that.")
    if _values(text) > MAX_VALUES:
        raise InvalidInput("This file has more lists and objects than a HAR file of 20,000 entries.")
    try:
        # PowerShell and some Windows programs write UTF-16.
        content = text.decode(json.detect_encoding(text), "replace") if isinstance(text, bytes) else text
        document = json.loads(content.removeprefix("\ufeff"), parse_constant=_no_number, parse_float=_finite)
        return HarFile.model_validate(document)
    except ValidationError as error:
        raise InvalidInput(f"This HAR file cannot be imported: {explain(error)}") from error
    except RecursionError as error:
        raise InvalidInput("This file is nested too deeply for a HAR file.") from error
    except OverflowError as error:
        raise InvalidInput("This HAR file contains an invalid date.") from error
    except ValueError as error:
        raise InvalidInput(f"This file is not a HAR file: it is not JSON ({error}).") from error


def _no_number(_word: str) -> None:
    """Read NaN and Infinity, which Python's own JSON allows and PostgreSQL's does not."""


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _values(text: str | bytes) -> int:
    """Return at least the number of lists and objects; braces within texts are counted too."""
    return text.count(b"{") + text.count(b"[") if isinstance(text, bytes) else text.count("{") + text.count("[")


def _start(log: HarLog) -> datetime:
    """Return the earliest start of all pages and entries, so that no offset is negative."""
    known = [page.started_at for page in log.pages if page.started_at] + [entry.started_at for entry in log.entries]
    if not known:
        raise InvalidInput("This HAR is empty: it has neither pages nor entries.")
    return min(known)


def _session(
    log: HarLog, started_at: datetime, events: list[NetworkEventCreate], website_id: int
) -> DebugSessionCreate:
    page = log.pages[0] if log.pages else HarPage()
    own, ends = page.session, [event for event in events if event.event_type is not NetworkEventType.REQUEST]
    document = next((event for event in ends if event.event_type is NetworkEventType.RESPONSE), None)
    is_answered = document is not None and (document.status_code or 0) < 400
    program = _program(log)
    return DebugSessionCreate(
        website_id=website_id,
        started_at=started_at,
        completed_at=own.completed_at or max((event.timestamp for event in ends), default=started_at),
        success=own.success if own.success is not None else is_answered,
        error_message=own.error or None,
        user_agent=(own.user_agent or _user_agent(events))[:512] or None,
        browser_type=program.name[:32].lower() or "unknown",
        browser_version=program.version[:64] or None,
        state=_state(own.state),
        trigger=SessionTrigger.IMPORT,
        url=_address(page, events),
        title=(own.title or page.title)[:512] or None,
        milestones=_milestones(page, started_at),
        request_count=len({event.exchange_id for event in events}),
        failed_count=sum(map(_is_failed, ends)),
        dropped_count=None if own.dropped_count is None else int(own.dropped_count),
        encoded_bytes=sum(event.encoded_bytes or 0 for event in ends),
        is_redacted=own.is_redacted,
    )


def _program(log: HarLog) -> HarProgram:
    return log.browser if log.browser.name else log.creator


def _state(name: str) -> DebugSessionState:
    state = DebugSessionState.__members__.get(name)
    return state if state is not None and state.is_final else DebugSessionState.COMPLETED


def _address(page: HarPage, events: list[NetworkEventCreate]) -> str | None:
    """Return the page's URL: Chrome and Watchwright write it as the page's title, other programs do not."""
    if page.title.startswith(("http://", "https://")):
        return page.title[:2048]
    return events[0].url[:2048] if events else None


def _user_agent(events: list[NetworkEventCreate]) -> str:
    return header_value(events[0].request_headers, "user-agent") if events else ""


def _milestones(page: HarPage, started_at: datetime) -> dict[str, float] | None:
    """Return milestones in ms after the session's start; HAR counts from the page's start."""
    after_ms = (page.started_at - started_at) / timedelta(milliseconds=1) if page.started_at else 0.0
    own = {
        str(name)[:64]: float(value)
        for name, value in page.session.milestones.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }
    known = {"dom_content_loaded": page.timings.dom_content_loaded, "load": page.timings.load}
    return {name: after_ms + value for name, value in known.items() if value is not None} | own or None


def _is_failed(end: NetworkEventCreate) -> bool:
    return is_failed(end.event_type, end.status_code, url=end.url, resource_type=end.resource_type)


def _console(log: HarLog, started_at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "level": message.level[:16],
            "source": message.source[:32],
            "text": message.text,
            "url": message.url or None,
            "line_number": message.line,
            "column_number": message.column,
            "stack": message.stack or None,
            "exchange_id": message.exchange_id[:80] or None,
            "timestamp": message.at,
            "offset_ms": (message.at - started_at) / timedelta(milliseconds=1),
        }
        for message in log.console[:MAX_MESSAGES]
    ]
