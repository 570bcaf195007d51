"""Check options as people give them, by flags or in a form, one text each. Pure."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from core.errors import InvalidInput
from core.schemas import explain_each
from core.schemas.check_options import CheckOptions, as_json_scalar
from core.schemas.patterns import json_path_of

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
"""Each flag with the field of `CheckOptions` that it gives."""
NOT_TOGETHER = ""
"""What a problem is found under that several flags make together."""


def options_of(flags: dict[str, Any], *, beside: dict[str, Any] | None = None) -> CheckOptions:
    """The options that *flags* (those not given are None) ask for, and what is *beside* them already.

    Raises:
        InvalidInput: A flag cannot be used, alone or beside the others.
    """
    options, wrong = _read(flags, beside or {})
    if options is None:
        flag, sentence = next(iter(wrong.items()))
        raise InvalidInput(f"--{flag.replace('_', '-')}: {sentence}" if flag else sentence)
    return options


def problems(flags: dict[str, Any]) -> dict[str, str]:
    """What is wrong with each of *flags*, in one sentence; under `NOT_TOGETHER` what is with them together."""
    return _read(flags, {})[1]


def flags_of(options: dict[str, Any]) -> dict[str, Any]:
    """What `options_of` makes *options* of again, which are as `without_secrets` leaves them."""
    known = CheckOptions.model_validate(options)
    flags = {flag: getattr(known, name) for flag, name in OPTIONS.items()}
    auth = known.basic_auth
    return flags | {
        "method": known.method.value,
        "header": [f"{name}: {value}" for name, value in known.headers.items()],
        "header_equals": [f"{name}: {value}" for name, value in known.header_equals.items()],
        "json_equals": [f"{one.path} = {_as_text(one.equals)}" for one in known.json_equals],
        "basic_auth": f"{auth.username}:{auth.password}" if auth else None,
    }


def _read(flags: dict[str, Any], beside: dict[str, Any]) -> tuple[CheckOptions | None, dict[str, str]]:
    given, wrong = dict(beside), dict[str, str]()
    for flag, value in flags.items():
        if value in (None, "", []):
            continue
        try:
            given[OPTIONS[flag]] = READERS[flag](value) if flag in READERS else value
        except ValueError as error:
            wrong[flag] = str(error)
    try:
        options = CheckOptions.model_validate(given)
    except ValidationError as error:
        flag_of = {name: flag for flag, name in OPTIONS.items()}
        told = {flag_of.get(name, NOT_TOGETHER): sentence for name, sentence in explain_each(error).items()}
        return None, {**told, **wrong}
    return (None, wrong) if wrong else (options, {})


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    pairs = [_pair(line, "Each must be NAME: VALUE, such as Accept-Language: de") for line in lines]
    if len({name.lower() for name, _value in pairs}) < len(pairs):
        raise ValueError("A header is given twice.")
    return dict(pairs)


def _pair(line: str, form: str) -> tuple[str, str]:
    name, found, value = line.partition(":")
    if not found or not name.strip():
        raise ValueError(f"{form}, not {line[:60]!r}.")
    return name.strip(), value.strip()


def _account(given: str | dict[str, str]) -> dict[str, str]:
    if isinstance(given, dict):
        return given
    username, password = _pair(given, "It must be USER:PASSWORD")
    return {"username": username, "password": password}


def _expectations(lines: Sequence[str]) -> list[dict[str, Any]]:
    return [_expectation(line) for line in lines]


def _expectation(line: str) -> dict[str, Any]:
    """*line* in two, at the first equals sign that has a JSON path before it: a path may hold some itself."""
    first, sign, _rest = line.partition("=")
    if not sign or not first.strip():
        raise ValueError(f"Each must be PATH = VALUE, such as $.status = ok, not {line[:60]!r}.")
    for at in (at for at, char in enumerate(line) if char == "="):
        path = line[:at].strip()
        try:
            json_path_of(path)
        except ValueError:
            continue
        return {"path": path, "equals": as_json_scalar(line[at + 1 :].strip())}
    return {"path": first.strip(), "equals": None}  # for its own sentence about the path


def _as_text(value: str | int | float | bool | None) -> str:
    is_plain = isinstance(value, str) and value == value.strip() and as_json_scalar(value) == value
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False)


def _word(value: str) -> str:
    return value.strip().upper()


READERS: dict[str, Callable[[Any], Any]] = {
    "method": _word,
    "header": _pairs,
    "header_equals": _pairs,
    "json_equals": _expectations,
    "basic_auth": _account,
}
