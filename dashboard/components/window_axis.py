"""The time axis of a downtime window: checks, debug sessions, notifications and the window itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nicegui.element import Element

from dashboard.components.url_prefix import prefixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One event on the axis."""

    at: datetime
    kind: str
    """up, down, degraded, unknown, session, notified or acknowledged."""
    words: str
    """The description; never a website's text."""
    href: str | None = None
    """The link's target on this server."""


class WindowAxis(Element, component="window_axis.js"):
    """The axis, on which the window is shaded; empty until `show`."""

    def __init__(self, started: datetime) -> None:
        super().__init__()
        self._started = started

    def show(self, marks: Sequence[Mark], since: datetime, until: datetime, *, ended: datetime | None) -> None:
        """Show *marks* from *since* to *until*, in place, so that a focused mark keeps the focus."""
        self.props["span"] = [_ms(since), _ms(until)]
        self.props["window"] = [_ms(self._started), None if ended is None else _ms(ended)]
        self.props["marks"] = [_props_of(mark) for mark in marks]


def _props_of(mark: Mark) -> dict[str, Any]:
    return {"at": _ms(mark.at), "kind": mark.kind, "words": mark.words, "href": mark.href and prefixed(mark.href)}


def _ms(at: datetime) -> float:
    return at.timestamp() * 1_000
