"""Gives websites distinct names where people choose one of many. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from core.schemas.url import display_url
from core.services.website import WebsiteName


def distinct_names(websites: Iterable[WebsiteName]) -> dict[int, str]:
    """Return each website's name by id, in order of the names.

    A name that several websites share, such as their host, gets the website's address added.
    """
    ordered = sorted(websites, key=lambda website: (_as_read(website.name), website.id))
    bearers = Counter(website.name for website in ordered)
    return {website.id: website.name if bearers[website.name] == 1 else _with_address(website) for website in ordered}


def _as_read(name: str) -> list[str | int]:
    """Return a sort key that orders Shop 2 before Shop 10: texts and numbers alternate, starting with a text."""
    return [int(part) if number % 2 else part for number, part in enumerate(re.split(r"(\d+)", name.lower()))]


def _with_address(website: WebsiteName) -> str:
    address = display_url(website.url).partition("://")[2]
    return address if urlsplit(website.url).hostname == website.name else f"{website.name} · {address}"
