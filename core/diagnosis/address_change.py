"""Says how the address of a failing request differs from the one of the last good session. Pure."""

import re

from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.words import short

# What JavaScript writes into an address in place of a value that is missing.
MISSING = re.compile(r"(?:(?<=[/.=@])|^)(?:undefined|null|NaN|\[object(?: |%20)Object\])(?=[/.:&?]|$)")


def address_change(exchange: Exchange, good: SessionFact) -> str:
    """Return a sentence that names the former address or the missing value; empty where neither is known."""
    now = split_recorded(exchange.url)
    was = next((one.url for one in good.exchanges if _is_same_call(one, exchange)), None)
    missing = MISSING.search(f"{now.netloc}{now.path}?{now.query}")
    text = f"In the last good session the page asked for {short(was, good.url)} instead." if was else ""
    if missing and not any(one.url == exchange.url for one in good.exchanges):
        text += f" Its address has “{missing.group()}” in it: a setting of the build or the server may be missing."
    elif text:
        text += " The build may have another address in its settings."
    return text.strip()


def _is_same_call(one: Exchange, exchange: Exchange) -> bool:
    """Return whether *one* has the same method and the same end of its path, at another place."""
    was, now = split_recorded(one.url), split_recorded(exchange.url)
    if one.method != exchange.method or one.resource_type != exchange.resource_type or one.url == exchange.url:
        return False
    is_elsewhere = (was.scheme, was.netloc) != (now.scheme, now.netloc)
    paths = sorted((was.path, MISSING.sub("", now.path).replace("//", "/")), key=len)
    return (is_elsewhere or MISSING.search(now.path) is not None) and len(paths[0]) > 1 and paths[1].endswith(paths[0])
