"""The objects of a configuration, as the store has them and as a configuration wants them, and their keys. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from core.services.website_secrets import masked_url

Path = tuple[str | int, ...]
"""A position in a configuration's document."""
Problem = tuple[Path, str]
"""What is wrong at a position, in a sentence."""
Fields = dict[str, Any]
KINDS = ("tag", "website", "channel", "maintenance", "rule", "report", "status_page")
"""Kinds of objects in the order in which they can be created: each refers to earlier ones only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """One stored object."""

    row_id: int
    fields: Fields
    """In the format of a configuration's entry, with secrets."""
    managed_by: str | None


Contents = dict[str, dict[str, Present]]
"""Stored objects by kind and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One object that a configuration defines."""

    key: str
    path: Path
    """Its position in the document."""
    fields: Fields


def website_key(url: str) -> str:
    """Return a website's key: its URL without a password; an empty path becomes a slash."""
    parts = urlsplit(masked_url(url))
    return urlunsplit(parts._replace(path=parts.path or "/"))


def numbered(names: Iterable[str]) -> list[str]:
    """Return a key for each of *names*; repeated names get a number."""
    seen: Counter[str] = Counter()
    keys = []
    for name in names:
        seen[name] += 1
        keys.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return keys


def report_name(tag: str | None) -> str:
    """Return the name of a monthly report, which is derived from its tag."""
    return tag or "all websites"
