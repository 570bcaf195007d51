"""What a file of another program holds that can be carried over, and what cannot."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.models import MonitorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Something that is not carried over, or not whole."""

    what: str
    why: str
    """One sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One check of a website's past."""

    at: datetime
    status: MonitorStatus
    response_ms: float | None = None
    http_status: int | None = None
    error: str | None = None
    is_confirmed: bool = False
    """Whether the other program called it down, and did not only try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of a website's past."""

    beats: Callable[[], Iterable[Beat]]
    """Oldest first; read when they are needed, as there may be millions."""
    known: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Time that was watched, and whose single checks are gone."""


@dataclass(slots=True, kw_only=True)
class Found:
    """What was found in a file."""

    source: str
    """What kind of file it was, in words."""
    sections: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"websites": [], "channels": [], "maintenance": [], "rules": [], "status_pages": []}
    )
    """Entries as a configuration has them, not checked yet."""
    places: dict[tuple[str, int], str] = field(default_factory=dict)
    """Where in the file an entry stands, by its section and number there; empty where that says nothing."""
    left: list[Left] = field(default_factory=list)
    pasts: dict[str, Past] = field(default_factory=dict)
    """By the website's URL."""

    def leave(self, what: str, why: str) -> None:
        """Note that *what* is not carried over."""
        self.left.append(Left(what=what, why=why))

    def add(self, section: str, entry: dict[str, Any], *, place: str = "") -> None:
        """Note an entry; what is None in it is as usual. *place* says where in the file it stands."""
        self.places[section, len(self.sections[section])] = place
        self.sections[section].append({name: value for name, value in entry.items() if value is not None})
