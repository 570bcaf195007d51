"""Says how the address of a failing request differs from the one of the last good session. Pure."""

import re

from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.words import short

# What JavaScript writes into an address in place of a value that is missing.
MISSING = re.compile(r"(?:(?<=[/.=@])|^)(?:undefined|null|NaN|\[object(?: |%20)Object\])(?=[/.:&?]|$)")


def address_change(exchange: Exchange, session: SessionFact, good: SessionFact) -> str:
    """Return a sentence that names the former address or the missing value; empty where neither is known."""
    now = split_recorded(exchange.url)
    asked = {call.url for call in session.exchanges}
    was = next((call.url for call in good.exchanges if call.url not in asked and _is_same_call(call, exchange)), None)
    missing = MISSING.search(f"{now.netloc}{now.path}?{now.query}")
    text = f"In the last good session the page asked for {short(was, good.url)} instead." if was else ""
    if missing and not any(other.url == exchange.url for other in good.exchanges):
        text += f" Its address has “{missing.group()}” in it: a setting of the build or the server may be missing."
    elif text:
        text += " The build may have another address in its settings."
    return text.strip()


def _is_same_call(call: Exchange, exchange: Exchange) -> bool:
    """Return whether *call* has the same method and the same end of its path, at another place."""
    was, now = split_recorded(call.url), split_recorded(exchange.url)
    if call.method != exchange.method or call.resource_type != exchange.resource_type or call.url == exchange.url:
        return False
    is_elsewhere = (was.scheme, was.netloc) != (now.scheme, now.netloc)
    paths = sorted((was.path, MISSING.sub("", now.path).replace("//", "/")), key=len)
    return (is_elsewhere or MISSING.search(now.path) is not None) and len(paths[0]) > 1 and paths[1].endswith(paths[0])
