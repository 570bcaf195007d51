"""Takes apart addresses that were recorded, masked or read from a file, whatever stands in them. Pure."""

import re
from urllib.parse import SplitResult, urlsplit

_USERINFO = re.compile(r"(?<=://)[^/?#@]{0,8192}@")


def split_recorded(url: str) -> SplitResult:
    """*url* in its parts, without a name and password; one that is no address is all path.

    What `urlsplit` refuses is recorded nonetheless: a mask before the host has brackets, as only an IPv6 address may,
    and a HAR file may hold anything. Of what comes back, host and port can be read.
    """
    try:
        parts = urlsplit(_USERINFO.sub("", url, count=1))
        _ = parts.port  # raises where it is no number, or none that a port can have
    except ValueError:
        return SplitResult("", "", url, "", "")
    return parts
