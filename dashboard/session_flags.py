"""Session options as people give them, by flags or in a form, one text each. Pure."""

from typing import Any

from core.errors import InvalidInput
from core.schemas.session_options import SessionOptions


def options_of(flags: dict[str, Any]) -> SessionOptions:
    """The options that *flags* (those not given are None or empty) ask for.

    Raises:
        InvalidInput: A flag cannot be used, alone or beside the others.
    """
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in flags.items()}
    given = {name: value for name, value in stripped.items() if value not in (None, "", [], ())}
    if size := given.pop("viewport", None):
        given["viewport"] = _viewport(size)
    if headers := given.pop("header", None):
        given["extra_headers"] = dict(_pair(header, ":", "a header", "Accept-Language: de") for header in headers)
    if cookies := given.pop("cookie", None):
        pairs = [_pair(cookie, "=", "a cookie", "theme=dark") for cookie in cookies]
        given["cookies"] = [{"name": name, "value": value} for name, value in pairs]
    if account := given.pop("basic_auth", None):
        username, password = _pair(account, ":", "an account", "ann:password")
        given["basic_auth"] = {"username": username, "password": password}
    return SessionOptions.checked(given)


def flags_of(options: SessionOptions) -> dict[str, Any]:
    """What `options_of` makes *options* of again, but for passwords, which are not told."""
    flags = options.model_dump(mode="json")
    flags["header"] = [f"{name}: {value}" for name, value in options.extra_headers.items()]
    flags["cookie"] = [f"{cookie.name}={cookie.value}" for cookie in options.cookies]
    flags["viewport"] = f"{options.viewport.width}x{options.viewport.height}" if options.viewport else None
    flags["basic_auth"] = None
    return flags


def _viewport(size: str) -> dict[str, str]:
    width, _x, height = size.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise InvalidInput(f"The viewport must be WIDTHxHEIGHT in pixels, such as 390x844, not {size!r}.")
    return {"width": width, "height": height}


def _pair(text: str, separator: str, what: str, example: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not name.strip():
        raise InvalidInput(f"{what.capitalize()} must look like {example!r}, not {text!r}.")
    return name.strip(), value.strip()
