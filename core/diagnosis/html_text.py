"""Reads the visible text of HTML and other error pages, as one line or line by line. Pure."""

import re
from html import unescape

from core.phrases import shortened

LONGEST_BEGINNING = 120
# An unclosed element extends to the end, as in a browser. This also keeps the search linear for hostile pages.
UNSEEN = re.compile(
    r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
SAMPLE = re.compile(r"<(pre|code|textarea|samp|kbd)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
"""Samples of code, which a page may show intentionally."""
NAMED_CODE = re.compile(r"<(code|samp|kbd)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
"""Those of them that stand within sentences."""
_INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|code|span|tt|kbd|small|font|abbr|mark)\b[^<>]*>", re.IGNORECASE)
_BEFORE_MARK = re.compile(rf"(?:{_INLINE.pattern})(?=[,.:;!?])", re.IGNORECASE)
_WRAP = re.compile(r"(?<=[a-z,])\r?\n(?=[a-z])")  # within a sentence, as in Apache's pages; code is indented
_TAG = re.compile(r"<[a-z/!?][^<>]*>", re.IGNORECASE)  # browsers show ``<%`` and ``< 3`` as text


def visible(source: str) -> str:
    """Return the visible text of a page's source in one line."""
    return plain(UNSEEN.sub(" ", source))


def plain(source: str) -> str:
    """Return *source* in one line, without tags and entities."""
    return _in_one_line(_TAG.sub(" ", _BEFORE_MARK.sub("", source)))


def visible_lines(source: str) -> list[str]:
    """Return the visible text by lines, which end at line breaks and at tags that are not part of a sentence."""
    seen = UNSEEN.sub("\n", source)
    wrapped = _WRAP.sub(" ", seen) if _TAG.search(seen) else seen
    text = _TAG.sub("\n", _INLINE.sub("", wrapped))
    return list(filter(None, map(_in_one_line, unescape(text).splitlines())))


def first_words(source: str, title: str | None) -> str:
    """Return the first visible words of a page, without its *title* and in quotation marks; "" without words."""
    words = " ".join(line for line in visible_lines(source) if line != title)
    return f"“{shortened(words, LONGEST_BEGINNING)}”" if words else ""


def _in_one_line(text: str) -> str:
    return " ".join(unescape(text).split())
