"""Headers as a session keeps them: values by name, those of a repeated name joined by a line feed. Pure."""

from collections.abc import Mapping


def header_value(headers: Mapping[str, str] | None, wanted: str) -> str:
    """The value of the header *wanted*, given in lower case, however it was sent; empty when there is none."""
    return next((value for name, value in (headers or {}).items() if name.lower() == wanted), "")
