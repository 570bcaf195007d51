"""Normalises the store's address from the form that people write to the one that SQLAlchemy accepts. Pure."""

import re

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = ("sqlite", "postgresql+psycopg")

# A comma-separated list of servers in place of the host, as PostgreSQL's own programs accept it.
SEVERAL_HOSTS = re.compile(
    r"(?P<before>postgresql(\+\w+)?://([^/@]*@)?)(?P<hosts>[^/@?,]+(,[^/@?,]+)+)/(?P<name>[^?]*)(\?(?P<query>.*))?"
)


def normal_store_url(value: str) -> str:
    """Return *value* in SQLAlchemy's form with our driver; "" for "". Raises ValueError for other databases."""
    if not value:
        return value
    value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
    value = re.sub(r"^sqlite\+pysqlite:", "sqlite:", value)
    value = SEVERAL_HOSTS.sub(_named_each, value)
    try:
        url = make_url(value)
        is_usable = url.drivername in DRIVERS and (url.drivername != "sqlite" or _is_file(url.database))
    except (ArgumentError, ValueError):  # ValueError: the port is no number
        is_usable = False
    if not is_usable:
        raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return value


def _is_file(name: str | None) -> bool:
    """Whether SQLite stores a database of this *name* in a file; processes cannot share one in memory."""
    return bool(name) and ":memory:" not in str(name)


def _named_each(found: re.Match[str]) -> str:
    """Return the address with one ``host`` parameter per server, as SQLAlchemy expects."""
    hosts = "&".join(f"host={host}" for host in found["hosts"].split(","))
    return f"{found['before']}/{found['name']}?{hosts}{'&' if found['query'] else ''}{found['query'] or ''}"
