"""Normalises the store's address from the form that people write to the one that SQLAlchemy accepts. Pure."""

import re

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

# A comma-separated list of servers in place of the host, as PostgreSQL's own programs accept it.
SEVERAL_HOSTS = re.compile(
    r"(?P<before>postgresql(\+\w+)?://([^/@]*@)?)(?P<hosts>[^/@?,]+(,[^/@?,]+)+)/(?P<name>[^?]*)(\?(?P<query>.*))?"
)


def normal_store_url(value: str) -> str:
    """Return *value* in SQLAlchemy's form with our driver; "" for "". Raises ValueError for other databases."""
    if not value:
        return value
    value = SEVERAL_HOSTS.sub(_named_each, value)
    try:
        backend = make_url(value).get_backend_name()
    except (ArgumentError, ValueError):  # ValueError: the port is no number
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return value.replace("postgresql://", "postgresql+psycopg://", 1)


def _named_each(found: re.Match[str]) -> str:
    """Return the address with one ``host`` parameter per server, as SQLAlchemy expects."""
    hosts = "&".join(f"host={host}" for host in found["hosts"].split(","))
    return f"{found['before']}/{found['name']}?{hosts}{'&' if found['query'] else ''}{found['query'] or ''}"
