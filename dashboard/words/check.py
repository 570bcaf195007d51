"""Describes a website's check options in words, without secrets. Pure."""

from collections.abc import Container
from typing import Any

from core.phrases import shortened
from core.schemas.check_options import CheckOptions
from core.schemas.option_secrets import mask_check_options
from dashboard.parsing.check_flags import flags_of

SHORT = 80  # characters of a text option

LABELS = {
    "method": "Method",
    "headers": "Request headers",
    "body": "Request body",
    "user_agent": "User agent",
    "basic_auth": "Signs in as",
    "bearer_token": "Bearer token",
    "accepted_statuses": "Accepted status",
    "body_contains": "Body contains",
    "body_excludes": "Body does not contain",
    "body_matches": "Body matches",
    "json_equals": "JSON",
    "header_equals": "Answer's headers",
    "max_response_ms": "Degraded above",
    "min_certificate_days": "Certificate days left",
    "verify_tls": "Certificate",
    "follow_redirects": "Redirects",
    "max_redirects": "Redirects at most",
    "proxy": "Proxy",
    "ip_version": "Addresses",
    "http_version": "HTTP version",
}


def check_words(stored: dict[str, Any], *, only: Container[str] | None = None) -> list[tuple[str, str]]:
    """Return label and words of each option that differs from its default; of all options or *only* some."""
    shown = CheckOptions.model_validate(mask_check_options(stored)).model_dump(mode="json", exclude_defaults=True)
    return [(LABELS[name], _words(name, shown)) for name in LABELS if name in shown and (only is None or name in only)]


def _words(name: str, shown: dict[str, Any]) -> str:
    value = shown[name]
    if name == "headers":
        return ", ".join(value)
    if name in ("body", "bearer_token"):
        return "set, kept secret"
    if name == "basic_auth":
        return str(value["username"])
    if name == "json_equals":
        return ", ".join(flags_of({name: value})["json_equals"])
    if name == "header_equals":
        return ", ".join(f"{header}: {wanted}" for header, wanted in value.items())
    if name == "verify_tls":
        return "not verified"
    if name == "follow_redirects":
        return "not followed"
    return _figure(name, value)


def _figure(name: str, value: Any) -> str:
    if name == "max_response_ms":
        return f"{value:g} ms"
    if name == "min_certificate_days":
        return f"at least {value}"
    if name == "ip_version":
        return f"IPv{value} only"
    return shortened(str(value), SHORT)
