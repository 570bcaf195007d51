"""Escapes text for XML, where a single invalid character would make the whole document unreadable."""

import re
from html import escape

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def as_xml(text: str) -> str:
    """Return *text* escaped for an element or attribute; forbidden characters become U+FFFD."""
    return escape(FORBIDDEN.sub("\ufffd", text))
