"""Holds what an importer has read: entries that can be imported, and reasons for the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.models import MonitorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that is not imported, or only in part."""

    what: str
    why: str
    """One sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryCheck:
    """One check in the history of a website."""

    at: datetime
    status: MonitorStatus
    response_ms: float | None = None
    http_status: int | None = None
    error: str | None = None
    is_confirmed: bool = False
    """Whether the other program considered the website down, and was not just retrying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The history of a website."""

    beats: Callable[[], Iterable[HistoryCheck]]
    """Yields the checks, oldest first; read on demand, because there may be millions."""
    known: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Periods in which the website was monitored but of which single checks are no longer stored."""


@dataclass(slots=True, kw_only=True)
class ImportData:
    """The content of a file."""

    source: str
    """The kind of file, in words."""
    sections: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"websites": [], "channels": [], "maintenance": [], "rules": [], "status_pages": []}
    )
    """Entries in the format of a configuration, not validated yet."""
    places: dict[tuple[str, int], str] = field(default_factory=dict)
    """The position of an entry in the file, by its section and index; "" if it says nothing."""
    left: list[Skipped] = field(default_factory=list)
    pasts: dict[str, History] = field(default_factory=dict)
    """By the website's URL."""

    def leave(self, what: str, why: str) -> None:
        """Record that *what* is not imported, and why."""
        self.left.append(Skipped(what=what, why=why))

    def add(self, section: str, entry: dict[str, Any], *, place: str = "") -> None:
        """Add an entry without its None values; *place* is its position in the file."""
        self.places[section, len(self.sections[section])] = place
        self.sections[section].append({name: value for name, value in entry.items() if value is not None})
