"""Takes secrets out of what a browser recorded, before it is stored. Pure.

A secret becomes ``[redacted:1f0c3a9b]``, the start of its keyed hash: two equal secrets are seen to be equal, and
neither can be read. With a store's own key a short one cannot be guessed from its hash either.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from core.debugging.secret_names import is_secret_header, is_secret_name
from core.schemas.network_event import NetworkEventCreate

MARK = re.compile(r"\[redacted:[0-9a-f]{8}\]")
_JWT = re.compile(r"\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*")
_CARD = re.compile(r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d.-])")
_KNOWN_KEY = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\b(?:sk|rk|pk)_(?:live|test)_\w{8,}|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}"
)
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|Token)(\s+)([\w.~+/=:-]{6,})", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)([^/\s?#@\"'<>]+)(?=@)")
_PAIR = re.compile(r"(^|[?&;#\s])([\w.%\[\]-]{1,64})=([^&\s\"'<>;#]+)")
_JSON_PAIR = re.compile(r'("((?:[^"\\]|\\.){1,64})"\s*:\s*)("(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*)')
_PART = re.compile(r'(name="([^"]{1,64})"[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)(.*?)(?=\r?\n--|\Z)', re.DOTALL)
_OAUTH_CODE = "code"  # in a URL it is as good as a password; in a body it is mostly an error's number


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionPolicy:
    """What counts as a secret here, beside what always does."""

    extra_names: frozenset[str] = frozenset()
    """Further names of headers, parameters and fields, in any case."""
    key: bytes = b""
    """The store's own secret; without one the hash is plain SHA-256."""

    def mark(self, secret: str) -> str:
        """What stands in the place of *secret*."""
        if not secret or MARK.fullmatch(secret):
            return secret
        digest = hmac.new(self.key, secret.encode(), hashlib.sha256) if self.key else hashlib.sha256(secret.encode())
        return f"[redacted:{digest.hexdigest()[:8]}]"

    def hides(self, name: str) -> bool:
        """Whether the value of the parameter or field *name* is a secret."""
        return is_secret_name(name) or name.lower() in self.extra_names


def redact_event(event: NetworkEventCreate, policy: RedactionPolicy) -> NetworkEventCreate:
    """*event* without secrets in its URL, headers, payloads, initiator, error and details."""
    return event.model_copy(
        update={
            "url": redact_url(event.url, policy),
            "request_headers": redact_headers(event.request_headers, policy),
            "response_headers": redact_headers(event.response_headers, policy),
            "request_payload": _body(event.request_payload, event.request_payload_encoding, policy),
            "response_payload": _body(event.response_payload, event.response_payload_encoding, policy),
            "initiator": redact_value(event.initiator, policy),
            "error_message": redact_text(event.error_message, policy) if event.error_message else event.error_message,
            "details": redact_value(event.details, policy),
        }
    )


def redact_headers(headers: dict[str, str] | None, policy: RedactionPolicy) -> dict[str, str] | None:
    """*headers* with the values of secret ones masked; of cookies and schemes the names stay."""
    if headers is None:
        return None
    return {name: _header(name, value, policy) for name, value in headers.items()}


def redact_url(url: str, policy: RedactionPolicy) -> str:
    """*url* without its user information and the values of secret parameters; a data: URL is left as it is."""
    if url[:5].lower() in ("data:", "blob:"):
        return url
    url = _USERINFO.sub(lambda match: policy.mark(match[1]), url)
    return redact_text(_pairs(url, lambda name: policy.hides(name) or name == _OAUTH_CODE, policy), policy)


def redact_text(text: str, policy: RedactionPolicy) -> str:
    """*text* of any kind without what is a secret by its name or by its shape."""
    text = _JWT.sub(lambda match: policy.mark(match[0]), text)
    text = _SCHEME.sub(lambda match: f"{match[1]}{match[2]}{policy.mark(match[3])}", text)
    text = _KNOWN_KEY.sub(lambda match: policy.mark(match[0]), text)
    text = _USERINFO.sub(lambda match: policy.mark(match[1]), text)
    text = _pairs(text, policy.hides, policy)
    text = _JSON_PAIR.sub(lambda match: _json_pair(match, policy), text)
    return _CARD.sub(lambda match: policy.mark(match[0]) if _is_card(match[0]) else match[0], text)


def redact_value(value: Any, policy: RedactionPolicy, name: str = "") -> Any:
    """JSON-like *value*, however nested, without secrets; under a secret *name* every leaf is one."""
    if isinstance(value, dict):
        return {
            key: redact_value(item, policy, name if _hides(name, policy) else str(key)) for key, item in value.items()
        }
    if isinstance(value, list):
        return [redact_value(item, policy, name) for item in value]
    if _hides(name, policy) and isinstance(value, str | int | float) and not isinstance(value, bool):
        return policy.mark(str(value))
    return redact_body(value, policy) if isinstance(value, str) else value


def redact_body(body: str, policy: RedactionPolicy) -> str:
    """A payload's or a message's text: JSON where it is whole, else forms, multipart and whatever is cut off."""
    if body[:1] in "{[":
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, dict | list):
            clean = redact_value(parsed, policy)
            return body if clean == parsed else json.dumps(clean, ensure_ascii=False)
    if "name=" in body[:4_096]:
        body = _PART.sub(lambda match: match[1] + (policy.mark(match[3]) if policy.hides(match[2]) else match[3]), body)
    return redact_text(body, policy)


def _hides(name: str, policy: RedactionPolicy) -> bool:
    return bool(name) and (policy.hides(name) or is_secret_header(name))


def _body(body: str | None, encoding: str | None, policy: RedactionPolicy) -> str | None:
    return body if not body or encoding == "base64" else redact_body(body, policy)


def _header(name: str, value: str, policy: RedactionPolicy) -> str:
    lowered = name.lower()
    if lowered == "cookie":
        return "; ".join(_cookie(pair, policy) for pair in value.split("; "))
    if lowered == "set-cookie":
        return "\n".join(_set_cookie(line, policy) for line in value.split("\n"))
    if lowered in ("authorization", "proxy-authorization"):
        scheme, space, credentials = value.partition(" ")
        return f"{scheme} {policy.mark(credentials)}" if space else policy.mark(value)
    if is_secret_header(name) or lowered in policy.extra_names:
        return policy.mark(value)
    return redact_url(value, policy) if lowered in ("location", "referer", ":path") else redact_text(value, policy)


def _cookie(pair: str, policy: RedactionPolicy) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}={policy.mark(value)}" if equals else policy.mark(pair)


def _set_cookie(line: str, policy: RedactionPolicy) -> str:
    pair, semicolon, attributes = line.partition(";")
    return _cookie(pair, policy) + semicolon + attributes


def _pairs(text: str, hides: Callable[[str], bool], policy: RedactionPolicy) -> str:
    def mask(match: re.Match[str]) -> str:
        name = unquote_plus(match[2])
        return f"{match[1]}{match[2]}={policy.mark(match[3])}" if hides(name) else match[0]

    return _PAIR.sub(mask, text)


def _json_pair(match: re.Match[str], policy: RedactionPolicy) -> str:
    if not policy.hides(match[2]):
        return match[0]
    return f'{match[1]}"{policy.mark(match[3].strip(chr(34)))}"'


def _is_card(text: str) -> bool:
    """Whether the digits pass Luhn's check (ISO/IEC 7812-1) and begin as cards do."""
    digits = [int(char) for char in text if char.isdigit()]
    if digits[0] not in (3, 4, 5, 6) or len(set(digits)) == 1:
        return False
    doubled = (sum(divmod(2 * digit, 10)) if index % 2 else digit for index, digit in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0
