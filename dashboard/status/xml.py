"""Text as XML takes it, for feeds and badges: one character that it does not take makes all of them unreadable."""

import re
from html import escape

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def as_xml(text: str) -> str:
    """*text* for an element or an attribute; what may not stand there is replaced."""
    return escape(FORBIDDEN.sub("\ufffd", text))
