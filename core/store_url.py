"""The address of a store as people write it, and as SQLAlchemy takes it. Pure."""

import re

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

# A list of servers where the host stands, as PostgreSQL's own programs take it.
SEVERAL_HOSTS = re.compile(
    r"(?P<before>postgresql(\+\w+)?://([^/@]*@)?)(?P<hosts>[^/@?,]+(,[^/@?,]+)+)/(?P<name>[^?]*)(\?(?P<query>.*))?"
)


def normal_store_url(value: str) -> str:
    """*value* as SQLAlchemy takes it, with our driver; empty stays empty. Raises ValueError for other databases."""
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
    """The address with each of its servers named by itself, as SQLAlchemy takes several."""
    hosts = "&".join(f"host={host}" for host in found["hosts"].split(","))
    return f"{found['before']}/{found['name']}?{hosts}{'&' if found['query'] else ''}{found['query'] or ''}"
