"""What websites are called where one is chosen among many. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from core.schemas.url import display_url
from core.services.website import WebsiteName


def told_apart(websites: Iterable[WebsiteName]) -> dict[int, str]:
    """What each website is called, by its id and in order of the names.

    Several may have one name, as all of a host have that are given none: then the address tells which is meant.
    """
    ordered = sorted(websites, key=lambda website: (_as_read(website.name), website.id))
    bearers = Counter(website.name for website in ordered)
    return {one.id: one.name if bearers[one.name] == 1 else _with_address(one) for one in ordered}


def _as_read(name: str) -> list[str | int]:
    """Shop 2 comes before Shop 10, as on the overview: texts and numbers in turns, the first a text."""
    return [int(part) if number % 2 else part for number, part in enumerate(re.split(r"(\d+)", name.lower()))]


def _with_address(website: WebsiteName) -> str:
    address = display_url(website.url).partition("://")[2]
    return address if urlsplit(website.url).hostname == website.name else f"{website.name} · {address}"
