"""Makes untrusted text safe to print on a terminal. Pure."""

import unicodedata


def plain(text: str) -> str:
    """Return *text* with control characters, escapes and direction overrides replaced by U+FFFD."""
    return "".join(char if unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs") else "�" for char in text)
