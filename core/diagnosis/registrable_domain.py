"""What a website's owner has in hand: the hosts that are one site. Pure."""

from core.debugging.recorded_url import split_recorded

COUNTRY = 2  # letters of a country's domain, in many of which names are had beneath one of these
SECOND_LEVEL = ("ac", "co", "com", "edu", "gov", "ne", "net", "or", "org")


def registrable_domain(url: str) -> str:
    """Host and port without the first label of a longer name: what a website's owner has in hand, about."""
    parts = split_recorded(url)
    host = parts.hostname or ""
    labels = host.split(".")
    is_name = not labels[-1].isdigit() and ":" not in host
    kept = 3 if len(labels[-1]) == COUNTRY and labels[-2:-1] and labels[-2] in SECOND_LEVEL else 2
    return (".".join(labels[-kept:]) if is_name else host) + f":{parts.port or ''}"
