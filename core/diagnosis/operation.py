"""Reads which operation a request body names: a GraphQL operation, a JSON-RPC method or a form's action. Pure."""

import json
import re
from typing import Any
from urllib.parse import parse_qs

MAX_CHARACTERS = 200
_NAMED = re.compile(r"\b(?:query|mutation|subscription)\s+(\w+)")


def operation(text: str) -> str | None:
    """Return the operation that the request body *text* names; None if it names none."""
    if text.lstrip()[:1] not in ("{", "["):
        return next(iter(parse_qs(text).get("action", ())), "")[:MAX_CHARACTERS] or None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    calls = data if isinstance(data, list) else [data]
    return " ".join(filter(None, map(_name, calls)))[:MAX_CHARACTERS] or None


def _name(call: Any) -> str | None:
    if not isinstance(call, dict):
        return None
    named = call.get("operationName") or (call.get("method") if "jsonrpc" in call else None)
    if isinstance(named, str):
        return named
    query = call.get("query")
    if not isinstance(query, str):
        return None
    found = _NAMED.search(query)
    return found[1] if found else " ".join(query.split())
