"""What happened when, on one line: checks, debug sessions, what was told, and the edges of the window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nicegui.element import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something at one moment."""

    at: datetime
    kind: str
    """up, down, degraded, unknown, session, told or taken."""
    words: str
    """What it is; our own words."""
    href: str | None = None
    """Where a click leads; an address of ours."""


class WindowAxis(Element, component="window_axis.js"):
    """Marks from *since* to *until*, the window from *started* to *ended* shaded."""

    def __init__(
        self, marks: Sequence[Mark], *, since: datetime, until: datetime, started: datetime, ended: datetime | None
    ) -> None:
        super().__init__()
        self._props["span"] = [_ms(since), _ms(until)]
        self._props["window"] = [_ms(started), None if ended is None else _ms(ended)]
        self._props["marks"] = [_told(mark) for mark in marks]


def _told(mark: Mark) -> dict[str, Any]:
    return {"at": _ms(mark.at), "kind": mark.kind, "words": mark.words, "href": mark.href}


def _ms(at: datetime) -> float:
    return at.timestamp() * 1_000
