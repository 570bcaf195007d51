"""Text from elsewhere, made harmless for a terminal. Pure."""

import unicodedata


def plain(text: str) -> str:
    """*text* without the characters that a terminal acts on: controls, escapes, overrides of direction."""
    return "".join(char if unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs") else "�" for char in text)
