"""Downtime windows as a list of links, newest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from nicegui import ui

from core.models import DowntimeWindow
from dashboard.components.elements import moment, status_shape, text
from dashboard.format import duration


def window_list(
    windows: Sequence[DowntimeWindow], *, now: datetime, empty: str, names: Mapping[int, str] | None = None
) -> None:
    """The *windows*, with the website's name where *names* gives it; *empty* says why there are none."""
    if not windows:
        text("p", empty, "ww-table-empty")
        return
    with ui.element("div").classes("ww-windows"):
        for window in windows:
            with ui.link(target=f"/downtime/{window.id}"):
                status_shape(window.initial_status)
                with ui.element("div").classes("ww-what"):
                    name = f"{names[window.website_id]}: " if names else ""
                    text("b", name + (window.root_cause or "Down"))
                    with ui.element("span").classes("ww-muted"):
                        moment(window.started_at, is_long=True)
                        text("span", " to " if window.ended_at else ", still down")
                        if window.ended_at:
                            moment(window.ended_at, since=window.started_at)
                text("span", lasted(window, now), "ww-nowrap ww-secondary")


def lasted(window: DowntimeWindow, now: datetime) -> str:
    """How long a window lasted, or lasts so far."""
    return duration(((window.ended_at or now) - window.started_at).total_seconds())
