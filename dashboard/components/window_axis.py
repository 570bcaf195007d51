"""What happened when, on one line: checks, debug sessions, what was told, and the edges of the window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nicegui.element import Element

from dashboard.components.url_prefix import prefixed


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
    """Marks on a line, on which the window since *started* is shaded; empty until `show`."""

    def __init__(self, started: datetime) -> None:
        super().__init__()
        self._started = started

    def show(self, marks: Sequence[Mark], since: datetime, until: datetime, *, ended: datetime | None) -> None:
        """Show *marks* from *since* to *until*, in place: the mark that the reader is at stays."""
        self.props["span"] = [_ms(since), _ms(until)]
        self.props["window"] = [_ms(self._started), None if ended is None else _ms(ended)]
        self.props["marks"] = [_told(mark) for mark in marks]


def _told(mark: Mark) -> dict[str, Any]:
    return {"at": _ms(mark.at), "kind": mark.kind, "words": mark.words, "href": mark.href and prefixed(mark.href)}


def _ms(at: datetime) -> float:
    return at.timestamp() * 1_000
