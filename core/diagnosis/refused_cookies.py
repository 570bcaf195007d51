"""Describes cookies that the browser rejected; a rejected cookie can cause an endless sign-in loop. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.diagnosis.session_facts import SessionFact
from core.diagnosis.words import short

# CDP Network.SetCookieBlockedReason; other reasons are shown with CDP's name.
REASONS = {
    "SecureOnly": "it has the attribute Secure, which requires https",
    "SameSiteNoneInsecure": "SameSite=None requires Secure",
    "SameSiteStrict": "its SameSite attribute forbids use on other sites",
    "SameSiteLax": "its SameSite attribute forbids use on other sites",
    "SameSiteUnspecifiedTreatedAsLax": "without a SameSite attribute it cannot be used on other sites",
    "OverwriteSecure": "it would replace a Secure cookie",
    "InvalidDomain": "its Domain does not match the host",
    "InvalidPrefix": "it breaks the rules of its name prefix (__Secure-, __Host-)",
    "NameValuePairExceedsMaxSize": "it is larger than 4 kB",
    "DisallowedCharacter": "it has a forbidden character",
    "SyntaxError": "it is malformed",
}


def refused_cookies(details: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Return a description of a rejected cookie and the reason for each exchange that has one, by exchange id.

    Args:
        details: Pairs of an exchange id and its ``blocked_cookies`` as they are stored.
    """
    described = ((exchange_id, _words(blocked)) for exchange_id, blocked in details)
    return {exchange_id: words for exchange_id, words in described if words}


def rejected_cookie(session: SessionFact | None, good: SessionFact | None) -> str:
    """Return the end of a sentence about a loop that names a newly rejected cookie; "" if there is none."""
    before = set(good.refused_cookies.values()) if good else set()
    for exchange in session.exchanges if session else ():
        words = session.refused_cookies.get(exchange.exchange_id) if session else None
        if words and words not in before:
            return f"; the browser refuses a cookie of {short(exchange.url, exchange.url)}: {words}"
    return ""


def _words(blocked: Any) -> str | None:
    for cookie in blocked if isinstance(blocked, list) else ():
        if isinstance(cookie, Mapping) and cookie.get("name") and cookie.get("blocked"):
            reason = str(cookie["blocked"][0])
            return f"“{str(cookie['name'])[:60]}” ({REASONS.get(reason, reason)})"
    return None
