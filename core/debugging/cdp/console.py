"""Turns CDP events into console messages: console calls, uncaught errors and the browser's own messages."""

import re
from typing import Any

from core.debugging.browsers.connection_facts import ConnectionFacts
from core.debugging.cdp.connection import Params
from core.debugging.console_format import formatted
from core.debugging.console_limits import OWN
from core.debugging.time_axis import TimeAxis

Values = dict[str, Any]
"""The fields of a `core.models.ConsoleMessage`."""

TEXT_LIMIT = 16_384  # characters, so that a page that logs its whole state does not fill the store
STACK_LIMIT = 30  # frames
DESCRIBED = ("error", "date", "regexp", "node", "null", "promise", "proxy")  # subtypes best shown by their description
_SOCKET_URL = re.compile(r"^WebSocket connection to '(wss?://[^']{1,2048})'")

LEVELS = {
    "debug": "debug",
    "verbose": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "assert": "error",
}


def console_values(method: str, params: Params, axis: TimeAxis, facts: ConnectionFacts) -> Values | None:
    """Return the console message of a CDP event; None for an event without one."""
    if method == "Runtime.consoleAPICalled" and params["type"] != "endGroup":  # consoles do not show endGroup
        return _called(params, axis)
    if method == "Runtime.exceptionThrown":
        return _thrown(params, axis)
    if method == "Log.entryAdded" and params["entry"]["source"] != "worker":  # workers report these themselves
        return _logged(params["entry"], axis, facts)
    return None


def note_values(text: str, axis: TimeAxis) -> Values:
    """Return a message of Watchwright itself, for example about a dialog that was dismissed."""
    return _values(axis, axis.now_ms(), level="info", source=OWN, text=text, url=None)


def _called(params: Params, axis: TimeAxis) -> Values:
    stack = (params.get("stackTrace") or {}).get("callFrames") or []
    return _values(
        axis,
        axis.wall_offset_ms(params["timestamp"] / 1000),
        level=LEVELS.get(params["type"], "log"),
        source="console",
        text=formatted(params.get("args", ()), _shown),
        stack=stack,
        **_place(stack[0] if stack else {}),
    )


def _thrown(params: Params, axis: TimeAxis) -> Values:
    details = params["exceptionDetails"]
    exception = details.get("exception") or {}
    stack = (details.get("stackTrace") or {}).get("callFrames") or []
    place = details if details.get("url") else (stack[0] if stack else details)
    is_other = exception.get("preview") and exception.get("subtype") != "error"  # the script threw another object
    words = (_shown(exception) if is_other else exception.get("description") or _shown(exception)) if exception else ""
    return _values(
        axis,
        axis.wall_offset_ms(params["timestamp"] / 1000),
        level="error",
        source="exception",
        text=f"{details.get('text', 'Uncaught')} {words}".strip(),
        stack=stack,
        **_place(place),
    )


def _logged(entry: Params, axis: TimeAxis, facts: ConnectionFacts) -> Values:
    socket = _SOCKET_URL.search(entry["text"])  # the entry's own URL is that of the script
    url = socket[1] if socket else entry.get("url") or ""
    return _values(
        axis,
        axis.wall_offset_ms(entry["timestamp"] / 1000),
        level=LEVELS.get(entry["level"], "log"),
        source=entry["source"],
        text=facts.true_message(url, entry["text"]),
        stack=(entry.get("stackTrace") or {}).get("callFrames") or [],
        exchange_id=entry.get("networkRequestId"),
        **_place(entry),
    )


def _values(axis: TimeAxis, offset_ms: float, *, text: str, stack: list[Params] | None = None, **rest: Any) -> Values:
    return {
        "text": text[:TEXT_LIMIT],
        "stack": (stack or [])[:STACK_LIMIT] or None,
        "offset_ms": offset_ms,
        "timestamp": axis.moment(offset_ms),
        **rest,
    }


def _place(frame: Params) -> Values:
    # CDP counts lines and columns from 0, editors and browsers from 1.
    line, column = frame.get("lineNumber"), frame.get("columnNumber")
    return {
        "url": frame.get("url") or None,
        "line_number": None if line is None else line + 1,
        "column_number": None if column is None else column + 1,
    }


def _shown(argument: Params) -> str:
    if "value" in argument:
        value = argument["value"]
        return value if isinstance(value, str) else _json_word(value)
    if "unserializableValue" in argument:
        return str(argument["unserializableValue"])
    if preview := argument.get("preview"):
        return _previewed(preview)
    return str(argument.get("description") or argument.get("type", ""))


def _previewed(preview: Params) -> str:
    """Return an object as a console shows it; strings in it are quoted, which distinguishes them from numbers."""
    description, subtype = str(preview.get("description", "")), preview.get("subtype")
    if subtype in DESCRIBED:
        return description
    is_array = subtype == "array"
    parts = [
        _member(entry) if is_array else f"{entry['name']}: {_member(entry)}" for entry in preview.get("properties", ())
    ]
    if "entries" in preview:  # of a Map or a Set
        parts = [_entry(entry) for entry in preview["entries"]]
    more = ["…"] if preview.get("overflow") else []
    inside = ", ".join(parts + more)
    named = "" if is_array or description in ("", "Object") else f"{description} "
    return f"[{inside}]" if is_array else f"{named}{{{inside}}}"


def _member(preview: Params) -> str:
    if inside := preview.get("valuePreview"):  # of console.table
        return _previewed(inside)
    if preview.get("type") == "object" and preview.get("value") == "Object":
        return "{…}"
    if preview.get("type") == "string":
        text = str(preview.get("value", preview.get("description", "")))
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return str(preview.get("value", "")) if "value" in preview else _previewed(preview)


def _entry(entry: Params) -> str:
    value = _entry_word(entry["value"])
    return f"{_entry_word(entry['key'])} => {value}" if "key" in entry else value


def _entry_word(preview: Params) -> str:
    is_plain = preview.get("type") not in ("object", "string")
    return str(preview.get("description", "")) if is_plain else _member(preview)


def _json_word(value: Any) -> str:
    if isinstance(value, dict):
        return "{…}"
    if value is None or isinstance(value, bool):  # checked by type, because 1 == True in the dict
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
