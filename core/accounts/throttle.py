"""Calculates how long a visitor must wait after failed sign-ins. Pure."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

FREE_FAILURES = {"user": 3, "address": 10}  # without delay, for typing errors; an office shares an address
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=15)  # so that strangers cannot lock an account for good
FORGOTTEN_AFTER = timedelta(hours=24)

SUBSCRIBER_BITS = 64  # of an IPv6 address; a provider gives each customer at least this many addresses (RFC 6177)


def place_of(address: str) -> str:
    """Return what attempts from *address* are counted for: itself, or its network if one customer has all of it."""
    try:
        place = ip_address(address.partition("%")[0])
    except ValueError:  # such as a local socket
        return address
    if isinstance(place, IPv6Address) and place.ipv4_mapped is None:
        return str(IPv6Address(int(place) >> SUBSCRIBER_BITS << SUBSCRIBER_BITS))
    return str(getattr(place, "ipv4_mapped", None) or place)


def allowed_at(subject: str, failures: int, last_failed_at: datetime) -> datetime:
    """Return when *subject* (``user:NAME`` or ``address:IP``) may try again; the delay doubles with each failure."""
    beyond = failures - FREE_FAILURES[subject.partition(":")[0]]
    if beyond <= 0:
        return last_failed_at
    return last_failed_at + min(FIRST_DELAY * (1 << min(beyond - 1, 16)), LONGEST_DELAY)


def is_forgotten(last_failed_at: datetime, now: datetime) -> bool:
    """Whether the failures up to *last_failed_at* no longer count."""
    return now - last_failed_at > FORGOTTEN_AFTER
