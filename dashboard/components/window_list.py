"""Downtime windows as a list of links, newest first; those of a website that flaps are folded into one line."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from core.models import DowntimeWindow
from dashboard.components.elements import moment, status_shape, text
from dashboard.format import duration

APART = timedelta(hours=1)  # that a website was up in between: after longer, it is another trouble
FEWEST = 3  # windows that are folded
MOST_UNFOLDED = 100  # windows that one line unfolds to
Episode = Sequence[DowntimeWindow]


def window_list(
    windows: Sequence[DowntimeWindow],
    *,
    now: datetime,
    empty: str,
    names: Mapping[int, str] | None = None,
    unfolded: set[int] | None = None,
) -> None:
    """The *windows*, newest first.

    Args:
        windows: In that order.
        now: Until when an open one lasts so far.
        empty: Why there are none.
        names: What their websites are called, by id, where it is to be said.
        unfolded: Which episodes the reader has unfolded, by their oldest window; kept up to date. None folds nothing.
    """
    if not windows:
        text("p", empty, "ww-table-empty")
        return
    names = names or {}
    with ui.element("div").classes("ww-windows"):
        for episode in [[window] for window in windows] if unfolded is None else episodes(windows):
            if len(episode) == 1 or unfolded is None:
                _window(episode[0], now, names)
            else:
                _folded(episode, now, names, unfolded)


def episodes(windows: Sequence[DowntimeWindow]) -> list[Episode]:
    """The *windows*, newest first: those of one website in short order together, any other alone. Pure."""
    runs: list[list[DowntimeWindow]] = []
    latest: dict[int, list[DowntimeWindow]] = {}
    for window in windows:
        run = latest.get(window.website_id)
        if run is None or window.ended_at is None or run[-1].started_at - window.ended_at > APART:
            run = latest[window.website_id] = []
            runs.append(run)
        run.append(window)
    found: list[Episode] = []
    for run in runs:
        found += [run] if len(run) >= FEWEST else [[window] for window in run]
    return sorted(found, key=lambda episode: (episode[0].started_at, episode[0].id), reverse=True)


def _folded(episode: Episode, now: datetime, names: Mapping[int, str], unfolded: set[int]) -> None:
    newest, oldest = episode[0], episode[-1]

    def toggled(event: GenericEventArguments) -> None:
        (unfolded.add if event.args else unfolded.discard)(oldest.id)
        if event.args and not inner.default_slot.children:
            draw()

    def draw() -> None:
        with inner:
            for window in episode[:MOST_UNFOLDED]:
                _window(window, now, {})
            if len(episode) > MOST_UNFOLDED:
                text("p", f"{len(episode) - MOST_UNFOLDED:,} earlier ones are not listed.", "ww-table-empty")

    with ui.element("details") as fold:
        fold.on("toggle", toggled, js_handler="(event) => emit(event.target.open)")
        with ui.element("summary"):
            with _line(newest, names):
                text("span", f"{len(episode)} times, ")
                _times(oldest.started_at, newest.ended_at)
            seconds = sum(_seconds(window, now) for window in episode)
            text("span", f"{duration(seconds)} in all", "ww-nowrap ww-secondary")
        inner = ui.element("div")  # filled when it is unfolded: of a year, there may be thousands
        if oldest.id in unfolded:
            fold.props("open")
            draw()


def _window(window: DowntimeWindow, now: datetime, names: Mapping[int, str]) -> None:
    with ui.link(target=f"/downtime/{window.id}"):
        with _line(window, names):
            _times(window.started_at, window.ended_at)
        text("span", duration(_seconds(window, now)), "ww-nowrap ww-secondary")


def _line(window: DowntimeWindow, names: Mapping[int, str]) -> Element:
    """The shape, whose it is, why, and beneath, what is drawn into what this returns."""
    status_shape(window.initial_status)
    with ui.element("div").classes("ww-what"):
        with ui.element("b"):
            if window.website_id in names:
                text("bdi", names[window.website_id])  # a name from right to left would turn the sentence round
                text("span", ": ")
            text("span", window.root_cause or "Down")
        return ui.element("span").classes("ww-muted")


def _times(started_at: datetime, ended_at: datetime | None) -> None:
    moment(started_at, is_long=True)
    text("span", " to " if ended_at else ", still down")
    if ended_at:
        moment(ended_at, since=started_at)


def _seconds(window: DowntimeWindow, now: datetime) -> float:
    return ((window.ended_at or now) - window.started_at).total_seconds()
