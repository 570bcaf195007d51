"""Masks secrets in a Playwright trace, which contains headers, bodies and snapshots of the page. Pure.

A trace is a ZIP file with lines of JSON (actions and requests), bodies as separate files, and pictures.
"""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from core.debugging.redact import (
    RedactionPolicy,
    redact_body,
    redact_bytes,
    redact_headers,
    redact_message,
    redact_url,
    redact_value,
)

Json = Any

LINES = (".trace", ".network", ".stacks", ".jsonl")
PICTURES = "screencast/"
URLS = frozenset({"url", "frameUrl", "redirectURL", "href", "src", "action"})
VALUES = ("value", "content", "__playwright_value_")  # attributes of form fields and meta elements in a snapshot
BINARY_OPCODE = 2  # RFC 6455 §5.2; the data is base64


def mask_trace(data: bytes, policy: RedactionPolicy) -> bytes:
    """Return the trace *data* with secrets masked; data that is not a trace stays unchanged."""
    masked = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as trace, zipfile.ZipFile(masked, "w", zipfile.ZIP_DEFLATED) as clean:
            for name in trace.namelist():
                clean.writestr(name, _file(name, trace.read(name), policy))
    except zipfile.BadZipFile:
        return data
    return masked.getvalue()


def _file(name: str, data: bytes, policy: RedactionPolicy) -> bytes:
    if name.startswith(PICTURES):
        return data
    if not name.endswith(LINES):
        return redact_bytes(data, policy)
    lines = data.decode("utf-8", "replace").splitlines()
    return "".join(f"{_line(line, policy)}\n" for line in lines).encode("utf-8", "backslashreplace")


def _line(line: str, policy: RedactionPolicy) -> str:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return redact_message(line, policy)
    return json.dumps(_masked(parsed, policy), ensure_ascii=False, separators=(",", ":"))


def _masked(value: Json, policy: RedactionPolicy, name: str = "") -> Json:
    if isinstance(value, dict):
        return _object(value, policy, name)
    if isinstance(value, list):
        if len(value) > 1 and isinstance(value[0], str) and isinstance(value[1], dict):
            return [value[0], _attributes(value[1], policy), *(_masked(item, policy, name) for item in value[2:])]
        return [_masked(item, policy, name) for item in value]
    if isinstance(value, str):
        return _text(name, value, policy)
    return value


def _object(value: dict[str, Json], policy: RedactionPolicy, name: str) -> dict[str, Json]:
    clean = {key: _masked(item, policy, key) for key, item in value.items()}
    pair, text = value.get("name"), value.get("value")
    if isinstance(pair, str) and isinstance(text, str):
        clean["value"] = _pair(name)(pair, text, policy)
    if value.get("opcode") == BINARY_OPCODE and isinstance(value.get("data"), str):
        clean["data"] = redact_value({"encoding": "base64", "payload": value["data"]}, policy)["payload"]
    return clean


def _pair(where: str) -> Callable[[str, str, RedactionPolicy], str]:
    """Return the function that masks the value of a pair: of a header, a cookie, or anything else like a parameter."""
    if where == "headers":
        return lambda name, value, policy: (redact_headers({name: value}, policy) or {})[name]
    if where == "cookies":
        return lambda _name, value, policy: policy.mark(value)
    return _parameter


def _parameter(name: str, value: str, policy: RedactionPolicy) -> str:
    if policy.hides(name):
        return policy.mark(value)
    return redact_body(redact_url(f"{name}={value}", policy).removeprefix(f"{name}="), policy)


def _attributes(attributes: dict[str, Json], policy: RedactionPolicy) -> dict[str, Json]:
    """Mask the attributes of an element in a snapshot: ``["INPUT", {"type": "password", "value": …}]``."""
    clean = {key: _masked(item, policy, key) for key, item in attributes.items()}
    names = [str(attributes.get(key, "")) for key in ("name", "id")]
    if attributes.get("type") == "password" or any(map(policy.hides, names)):
        clean |= {key: policy.mark(str(attributes[key])) for key in VALUES if attributes.get(key)}
    return clean


def _text(name: str, text: str, policy: RedactionPolicy) -> str:
    if name in URLS:
        return redact_url(text, policy)
    return policy.mark(text) if policy.hides(name) else redact_message(text, policy)
