"""Removes secrets from recorded events before they are stored. Pure.

A secret becomes ``[redacted:1f0c3a9b]``, the start of its keyed hash: equal secrets get equal masks, and nobody can
read them. Because the hash uses the installation's own key, nobody can guess short secrets from their masks.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from core.debugging.redaction.compressed import GZIP, redact_gzip
from core.debugging.redaction.policy import MARK, RedactionPolicy
from core.debugging.redaction.secret_names import may_be_secret_name
from core.debugging.redaction.secret_shapes import is_secret_pair, redact_keys
from core.debugging.redaction.text import redact_prose, redact_text, redact_url
from core.schemas.network_event import NetworkEventCreate

__all__ = [
    "MARK",
    "RedactionPolicy",
    "redact_body",
    "redact_bytes",
    "redact_event",
    "redact_fields",
    "redact_headers",
    "redact_message",
    "redact_text",
    "redact_url",
    "redact_value",
]

_PART = re.compile(
    r'(\bname="([^"\r\n]{1,64})"[^\r\n]{0,500}(?:\r?\n[^\r\n]{1,1000}){0,8}\r?\n\r?\n)(.*?)(?=\r?\n--|\Z)', re.DOTALL
)
_NAME = re.compile(r"[\w.$\[\]-]{1,64}")
_VARIABLE = re.compile(r"(\w{1,64})\s{0,4}:\s{0,4}\$(\w{1,64})")
_LINKS = ("location", "content-location", "referer", "refresh", "link", ":path")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")  # bytes that text does not contain
CACHED_LENGTH = 256  # characters; longer values rarely repeat and would fill the caches
_SHORT_PROTOCOL = 32  # characters; a longer WebSocket subprotocol is probably a token


def redact_event(event: NetworkEventCreate, policy: RedactionPolicy) -> NetworkEventCreate:
    """Return *event* without secrets in its URL, headers, payloads, initiator, error and details."""
    values = {name: getattr(event, name) for name in (*_MASKED, *_PAYLOADS)}
    values |= {f"{name}_encoding": getattr(event, f"{name}_encoding") for name in _PAYLOADS}
    return event.model_copy(update=redact_fields(values, policy))


def redact_fields(values: dict[str, Any], policy: RedactionPolicy) -> dict[str, Any]:
    """Mask the given fields of an event like `redact_event`; *values* of a payload include its encoding."""
    clean = dict(values)
    for name, mask in _MASKED.items():
        if value := values.get(name):
            clean[name] = mask(value, policy)
    for name in _PAYLOADS:
        if payload := values.get(name):
            clean[name] = _payload(payload, values.get(f"{name}_encoding"), policy)
    return clean


def redact_headers(headers: dict[str, str] | None, policy: RedactionPolicy) -> dict[str, str] | None:
    """Return *headers* with secret values masked; the names of cookies and authentication schemes stay readable."""
    if headers is None:
        return None
    return {
        name: (_cached_header if len(value) <= CACHED_LENGTH else _header)(name.lower(), value, policy)
        for name, value in headers.items()
    }


def redact_value(value: Any, policy: RedactionPolicy, name: str = "") -> Any:
    """Return JSON-like *value* of any depth without secrets; under a secret *name* every leaf is a secret."""
    if isinstance(value, dict):
        return _object(value, policy, name)
    if isinstance(value, list):
        if len(value) == 2 and not _hides(name, policy) and _is_name(value[0], policy):  # a form field: ["token", "…"]
            return [value[0], redact_value(value[1], policy, value[0])]
        return [redact_value(item, policy, name) for item in value]
    if _hides(name, policy) and isinstance(value, str | int | float) and not isinstance(value, bool):
        return policy.mark(str(value))
    if not isinstance(value, str):
        return value
    if is_secret_pair(name, value):
        return policy.mark(value)
    if name in ("url", "documentURL"):
        return _url(value, policy)
    return _cached_body(value, policy) if len(value) <= CACHED_LENGTH else redact_body(value, policy)


def redact_body(body: str, policy: RedactionPolicy) -> str:
    """Mask secrets in a payload: complete JSON, forms, multipart, markup, code, or any truncated text.

    A payload without secrets is returned unchanged, character by character.
    """
    if body.lstrip()[:1] in ("{", "["):
        try:
            parsed = json.loads(body)
            clean = redact_value(parsed, policy)
        except (ValueError, RecursionError):  # truncated, not JSON, or nested too deeply
            return redact_text(body, policy)
        return body if clean == parsed else _json(clean)
    if _is_multipart(body):
        body = _PART.sub(lambda match: match[1] + _part(match, policy), body)
    return redact_text(body, policy)


def redact_bytes(data: bytes, policy: RedactionPolicy) -> bytes:
    """Mask secrets in bytes: in text of any charset, in the text fields of an upload, and well-known keys in binary.

    Bytes that are compressed with gzip are masked in the same way, as programs send many small events in this way.
    """
    if data.startswith(GZIP):
        return redact_gzip(data, lambda part: _plain(part, policy))
    return _plain(data, policy)


def _plain(data: bytes, policy: RedactionPolicy) -> bytes:
    text, charset = _as_text(data)
    if charset == "utf-8" or not _CONTROL.search(data):
        clean = redact_body(text, policy)
    elif _is_multipart(text):
        clean = _PART.sub(lambda match: match[1] + _part(match, policy), text)
    else:  # gRPC and other formats contain lengths that a mask would invalidate, so mask only certain secrets
        clean = redact_keys(text, policy)
    # Characters that JSON had escaped and Latin-1 lacks are escaped again.
    return data if clean == text else clean.encode(charset, "backslashreplace")


def _url(url: str, policy: RedactionPolicy) -> str:
    # Cached, because every fact of an exchange contains its URL.
    return _cached_url(url, policy) if len(url) <= CACHED_LENGTH else redact_url(url, policy)


def redact_message(text: str, policy: RedactionPolicy) -> str:
    """Mask secrets in a console message or an uncaught error."""
    return redact_prose(redact_body(text, policy), policy)


def _object(value: dict[str, Any], policy: RedactionPolicy, name: str) -> dict[str, Any]:
    names = _names(value, policy)
    clean = {
        key: redact_value(item, policy, _inner_name(name, names.get(key) or str(key), policy))
        for key, item in value.items()
    }
    for argument, variable in _secret_variables(value, policy):
        clean["variables"] |= {variable: redact_value(value["variables"][variable], policy, argument)}
    if value.get("encoding") == "base64" and isinstance(value.get("payload"), str):
        clean["payload"] = _binary(value["payload"], policy)  # a WebSocket's binary frame
    elif "direction" in value and isinstance(clean.get("payload"), str):
        clean["payload"] = redact_prose(clean["payload"], policy)  # a text frame, for example STOMP's ``passcode:…``
    return clean


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON allows and no database accepts
        return json.dumps(value)
    return text


def _hides(name: str, policy: RedactionPolicy) -> bool:
    return bool(name) and (policy.hides(name) or policy.hides_header(name))


def _inner_name(outer: str, name: str, policy: RedactionPolicy) -> str:
    """Return the name that decides about a field of the object *outer*: *outer* itself if it names a secret."""
    if _hides(outer, policy):
        return outer
    return outer if may_be_secret_name(outer) and not _hides(name, policy) else name


def _names(fields: dict[str, Any], policy: RedactionPolicy) -> dict[str, str]:
    """Return names for values whose key says too little: ``{"name": "password", "value": "…"}``, OAuth's code."""
    named = next((fields[key] for key in ("name", "key", "field", "id") if _is_name(fields.get(key), policy)), None)
    if named is not None:
        return {"value": named, "val": named, "values": named}
    return {"code": "authorization_code"} if "grant_type" in fields or "grantType" in fields else {}


def _secret_variables(fields: dict[str, Any], policy: RedactionPolicy) -> list[tuple[str, str]]:
    """Return (argument, variable) for each secret argument of a GraphQL request: ``login(password: $p)``."""
    query, variables = fields.get("query"), fields.get("variables")
    if not isinstance(query, str) or not isinstance(variables, dict):
        return []
    return [pair for pair in _VARIABLE.findall(query) if pair[1] in variables and policy.hides(pair[0])]


def _is_name(value: Any, policy: RedactionPolicy) -> bool:
    """Whether *value* is the name of a secret, and not a sentence that mentions one."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None and _hides(value, policy)


def _payload(payload: str | None, encoding: str | None, policy: RedactionPolicy) -> str | None:
    if not payload:
        return payload
    return _binary(payload, policy) if encoding == "base64" else redact_body(payload, policy)


def _binary(payload: str, policy: RedactionPolicy) -> str:
    try:
        data = base64.b64decode(payload)
    except binascii.Error:
        return payload
    clean = redact_bytes(data, policy)
    return payload if clean == data else base64.b64encode(clean).decode()


def _as_text(data: bytes) -> tuple[str, str]:
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _is_multipart(body: str) -> bool:
    return body[:2] == "--" and "form-data" in body[:4_096].lower()


def _part(match: re.Match[str], policy: RedactionPolicy) -> str:
    return policy.mark(match[3]) if policy.hides(match[2]) else match[3]


def _header(name: str, value: str, policy: RedactionPolicy) -> str:
    if name == "cookie":
        return "; ".join(_cookie(pair, policy) for pair in re.split(r";\s*", value))
    if name == "set-cookie":
        return "\n".join(_set_cookie(line, policy) for line in value.split("\n"))
    if name in ("authorization", "proxy-authorization"):
        scheme, space, credentials = value.partition(" ")
        return f"{scheme} {policy.mark(credentials)}" if space else policy.mark(value)
    if name == "sec-websocket-protocol":
        return _protocols([part.strip() for part in value.split(",")], policy)
    if policy.hides_header(name):
        return policy.mark(value)
    value = redact_text(value, policy)
    return redact_url(value, policy) if name in _LINKS or "://" in value else value


def _protocols(names: list[str], policy: RedactionPolicy) -> str:
    """Mask tokens that some websites send as WebSocket subprotocols: ``bearer, TOKEN``."""
    before = ["", *names]
    return ", ".join(
        policy.mark(name) if len(name) >= _SHORT_PROTOCOL or last.lower() == "bearer" or policy.hides(last) else name
        for last, name in zip(before, names, strict=False)
    )


_MASKED: dict[str, Callable[[Any, RedactionPolicy], Any]] = {
    "url": _url,
    "request_headers": redact_headers,
    "response_headers": redact_headers,
    "initiator": redact_value,
    "error_message": redact_text,
    "details": redact_value,
}
_PAYLOADS = ("request_payload", "response_payload")

# The requests of a page share most headers and initiators; caching halves the work of recording 2,000 requests.
_cached_header = lru_cache(maxsize=4_096)(_header)
_cached_body = lru_cache(maxsize=4_096)(redact_body)
_cached_url = lru_cache(maxsize=4_096)(redact_url)


def _cookie(pair: str, policy: RedactionPolicy) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}={policy.mark(value)}" if equals else policy.mark(pair)


def _set_cookie(line: str, policy: RedactionPolicy) -> str:
    pair, semicolon, attributes = line.partition(";")
    return _cookie(pair, policy) + semicolon + attributes
