"""Reads errors from HTML responses to scripts, such as a fragment that htmx or Turbo puts into the page. Pure."""

import re

from core.diagnosis.html_text import visible
from core.diagnosis.kinds import Kind
from core.diagnosis.rules.another_page import PASSWORD_FIELD
from core.diagnosis.rules.page_text import SMALL_CHARACTERS, TEXT_PATTERNS, TRACES
from core.phrases import shortened

MAX_CHARACTERS = 60
# reCAPTCHA, Stripe and others tell in their frames that they refuse the website's key or domain.
OF_WIDGETS = re.compile(
    r"error for site owner\b|invalid (?:site|api|publishable)[ -]?key|domain (?:is )?not (?:allowed|authori[sz]ed)|"
    r"this (?:content|widget|video|map) (?:is|was) (?:not available|unavailable|blocked)",
    re.IGNORECASE,
)


def error_in_html(source: str) -> str | None:
    """Return what the HTML *source* says of an error, or that it asks for a password; None if it does neither."""
    text = visible(source)
    patterns = [known.pattern for known in TEXT_PATTERNS if known.kind is Kind.ORIGIN_ERROR] + [OF_WIDGETS]
    found = (
        next(filter(None, (pattern.search(text) for pattern in patterns)), None)
        if len(text) <= SMALL_CHARACTERS
        else None
    )
    found = found or TRACES.search(text)  # a longer text may be about such failures
    if found is not None:
        return f"it reports an error: “{shortened(text[found.start() :], MAX_CHARACTERS)}”"
    return "it asks for a password" if PASSWORD_FIELD.search(source) else None
