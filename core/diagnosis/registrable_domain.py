"""Groups hosts that probably belong to one owner. Pure."""

from core.debugging.recorded_url import split_recorded

COUNTRY_LETTERS = 2  # length of a country's top-level domain
SECOND_LEVEL = ("ac", "co", "com", "edu", "gov", "ne", "net", "or", "org")  # many countries register names below these


def registrable_domain(url: str) -> str:
    """Return an estimate of the registrable domain of *url*, with the port: ``www.shop.co.uk`` → ``shop.co.uk:``."""
    parts = split_recorded(url)
    host = parts.hostname or ""
    labels = host.split(".")
    is_name = not labels[-1].isdigit() and ":" not in host
    kept = 3 if len(labels[-1]) == COUNTRY_LETTERS and labels[-2:-1] and labels[-2] in SECOND_LEVEL else 2
    return (".".join(labels[-kept:]) if is_name else host) + f":{parts.port or ''}"
