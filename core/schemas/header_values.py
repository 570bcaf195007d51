"""Checks header names and values that Watchwright is to send. Pure."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")  # RFC 9110, section 5.6.2
MAX_HEADERS = 50
MAX_TEXT = 4_096  # characters of a header's value, a pattern or a text


def one_line(value: str, what: str) -> str:
    """Return *value* without spaces around it.

    Raises:
        ValueError: It is too long, or has a line break or another control character; *what* names it.
    """
    value = value.strip()
    if len(value) > MAX_TEXT:
        raise ValueError(f"{what} is longer than {MAX_TEXT} characters")
    if any((ord(char) < 32 and char != "\t") or ord(char) == 127 for char in value):
        raise ValueError(f"{what} contains a line break or a control character")
    return value


def checked_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return *headers* without spaces around names and values.

    Raises:
        ValueError: There are too many, a name is no header name, is given twice, or a value has a control character.
    """
    if len(headers) > MAX_HEADERS:
        raise ValueError(f"at most {MAX_HEADERS} headers may be given, not {len(headers)}")
    if len({name.strip().lower() for name in headers}) < len(headers):
        raise ValueError("a header is given twice")
    for name in headers:
        if not TOKEN.fullmatch(name.strip()):
            raise ValueError(f"{name[:60]!r} is not a header name such as X-Api-Key")
    return {name.strip(): one_line(value, f"the header {name.strip()}") for name, value in headers.items()}


def _user_agent(value: str) -> str:
    return one_line(value, "the user agent")


UserAgent = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_user_agent)]
