"""Parses the flags of a debug session's options. Pure."""

from collections.abc import Sequence
from typing import Any

from core.schemas.session_options import SessionOptions
from dashboard.parsing.flags import Flags, account, headers, pair

OPTIONS = {
    "browser": "browser",
    "device": "device",
    "viewport": "viewport",
    "user_agent": "user_agent",
    "locale": "locale",
    "timezone": "timezone",
    "header": "extra_headers",
    "cookie": "cookies",
    "basic_auth": "basic_auth",
    "javascript": "is_javascript_enabled",
    "cache": "is_cache_enabled",
    "block": "block_patterns",
    "cpu": "cpu_profile",
    "network": "network_profile",
    "watch": "watch",
    "watch_seconds": "watch_seconds",
    "time_limit": "time_limit_seconds",
    "scroll": "is_scrolled",
    "filmstrip": "has_filmstrip",
    "trace": "has_trace",
    "ignore_certificate_errors": "ignore_certificate_errors",
    "proxy": "proxy",
    "redact": "is_redacted",
}
"""Each flag, with the field of `SessionOptions` that it sets."""


def flags_of(options: SessionOptions) -> dict[str, Any]:
    """Return the flags that `options_of` turns into *options*, without the password, which is never shown."""
    fields, viewport = options.model_dump(mode="json"), options.viewport
    return {flag: fields[name] for flag, name in OPTIONS.items()} | {
        "header": [f"{name}: {value}" for name, value in options.extra_headers.items()],
        "cookie": [f"{cookie.name}={cookie.value}" for cookie in options.cookies],
        "viewport": f"{viewport.width}x{viewport.height}" if viewport else None,
        "basic_auth": None,
    }


def _viewport(size: str) -> dict[str, str]:
    width, _x, height = size.strip().lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise ValueError(f"It must be WIDTHxHEIGHT in pixels, such as 390x844, not {size!r}.")
    return {"width": width, "height": height}


def _cookies(lines: Sequence[str]) -> list[dict[str, str]]:
    pairs = [pair(line, "Each must be NAME=VALUE, such as theme=dark", separator="=") for line in lines]
    return [{"name": name, "value": value} for name, value in pairs]


options_of = Flags(
    schema=SessionOptions,
    fields=OPTIONS,
    readers={"viewport": _viewport, "header": headers, "cookie": _cookies, "basic_auth": account},
).options_of


def changed(options: SessionOptions, typed: dict[str, Any]) -> SessionOptions:
    """Return *options* with the form's *typed* values; options without a form field stay.

    Unchanged cookies stay as well, with their domains and paths, which the form's lines do not show.

    Raises:
        InvalidInput: `options_of` raised it.
    """
    if typed.get("cookie") == flags_of(options)["cookie"]:
        typed = {flag: value for flag, value in typed.items() if flag != "cookie"}
    shown = {OPTIONS[flag] for flag in typed}
    return options_of(typed, beside=options.model_dump(mode="json", exclude=shown, exclude_defaults=True))
