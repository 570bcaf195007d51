"""What websites are called where one is chosen among many. Pure."""

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from core.schemas.url import display_url
from core.services.website import WebsiteName


def told_apart(websites: Iterable[WebsiteName]) -> dict[int, str]:
    """What each website is called, by its id and in order of the names.

    Several may have one name, as all of a host have that are given none: then the address tells which is meant.
    """
    ordered = sorted(websites, key=lambda website: (website.name.lower(), website.id))
    bearers = Counter(website.name for website in ordered)
    return {one.id: one.name if bearers[one.name] == 1 else _with_address(one) for one in ordered}


def _with_address(website: WebsiteName) -> str:
    address = display_url(website.url).partition("://")[2]
    return address if urlsplit(website.url).hostname == website.name else f"{website.name} · {address}"
