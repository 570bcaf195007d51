"""Splits recorded URLs, which may be masked or malformed, without raising. Pure."""

import re
from urllib.parse import SplitResult, urlsplit

_USERINFO = re.compile(r"(?<=://)[^/?#@]{0,8192}@")


def split_recorded(url: str) -> SplitResult:
    """Split *url* without its user name and password; a malformed URL becomes a path.

    `urlsplit` rejects some recorded URLs: a mask before the host contains brackets, which only an IPv6 address may,
    and a HAR file may contain any text. Reading hostname and port of the result never raises.
    """
    try:
        parts = urlsplit(_USERINFO.sub("", url, count=1))
        _ = parts.port  # raises for a port that is not a number from 0 to 65535
    except ValueError:
        return SplitResult("", "", url, "", "")
    return parts
