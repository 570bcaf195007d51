"""Reads headers as sessions store them: by name, with the values of a repeated header joined by line feeds. Pure."""

from collections.abc import Mapping


def header_value(headers: Mapping[str, str] | None, wanted: str) -> str:
    """Return the value of the header *wanted* (lower case) regardless of the case it was sent in; "" if missing."""
    return next((value for name, value in (headers or {}).items() if name.lower() == wanted), "")
