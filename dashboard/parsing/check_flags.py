"""Parses the flags of a check's options. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from core.schemas.check_options import CheckOptions, as_json_scalar
from core.schemas.patterns import json_path_of
from dashboard.parsing.flags import Flags, account, headers

OPTIONS = {
    "method": "method",
    "header": "headers",
    "body": "body",
    "user_agent": "user_agent",
    "basic_auth": "basic_auth",
    "bearer_token": "bearer_token",
    "accept": "accepted_statuses",
    "contains": "body_contains",
    "not_contains": "body_excludes",
    "matches": "body_matches",
    "json_equals": "json_equals",
    "header_equals": "header_equals",
    "max_response_ms": "max_response_ms",
    "follow_redirects": "follow_redirects",
    "max_redirects": "max_redirects",
    "verify_tls": "verify_tls",
    "min_certificate_days": "min_certificate_days",
    "proxy": "proxy",
    "ip": "ip_version",
    "http": "http_version",
}
"""Each flag, with the field of `CheckOptions` that it sets."""


def flags_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return the flags that `options_of` turns into *options*; secrets must be masked."""
    known = CheckOptions.model_validate(options)
    flags = {flag: getattr(known, name) for flag, name in OPTIONS.items()}
    auth = known.basic_auth
    return flags | {
        "method": known.method.value,
        "header": [f"{name}: {value}" for name, value in known.headers.items()],
        "header_equals": [f"{name}: {value}" for name, value in known.header_equals.items()],
        "json_equals": [f"{expectation.path} = {_as_text(expectation.equals)}" for expectation in known.json_equals],
        "basic_auth": f"{auth.username}:{auth.password}" if auth else None,
    }


def _expectations(lines: Sequence[str]) -> list[dict[str, Any]]:
    return [_expectation(line) for line in lines]


def _expectation(line: str) -> dict[str, Any]:
    """Split *line* at the first equals sign that follows a valid JSON path: a path itself may contain some."""
    first, sign, _rest = line.partition("=")
    if not sign or not first.strip():
        raise ValueError(f"Each must be PATH = VALUE, such as $.status = ok, not {line[:60]!r}.")
    for at in (at for at, char in enumerate(line) if char == "="):
        path = line[:at].strip()
        try:
            json_path_of(path)
        except ValueError:
            continue
        value = line[at + 1 :].strip().removeprefix("=")  # also accept $.status == ok, as in most languages
        return {"path": path, "equals": as_json_scalar(value.strip())}
    return {"path": first.strip(), "equals": None}  # the schema then reports what is wrong with the path


def _as_text(value: str | int | float | bool | None) -> str:
    is_plain = isinstance(value, str) and value == value.strip().lstrip("=") and as_json_scalar(value) == value
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False)


def _word(value: str) -> str:
    return value.strip().upper()


FLAGS = Flags(
    schema=CheckOptions,
    fields=OPTIONS,
    readers={
        "method": _word,
        "header": headers,
        "header_equals": headers,
        "json_equals": _expectations,
        "basic_auth": account,
    },
)
options_of, problems = FLAGS.options_of, FLAGS.problems
