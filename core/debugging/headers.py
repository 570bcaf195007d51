"""Reads headers as sessions store them: by name, with the values of a repeated header joined by line feeds. Pure."""

from collections.abc import Mapping


def header_lines(headers: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Return the name and value of each header line in order."""
    return [(name, value) for name, joined in (headers or {}).items() for value in joined.split("\n")]


def header_value(headers: Mapping[str, str] | None, wanted: str) -> str:
    """Return the value of the header *wanted* (lower case) regardless of the case it was sent in; "" if missing."""
    return next((value for name, value in (headers or {}).items() if name.lower() == wanted), "")
