"""A list of downtime windows as links, newest first. Windows of a flapping website are folded into one line."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.elements import moment, status_shape, text
from dashboard.components.uptime_data import Window
from dashboard.format import duration

APART = timedelta(hours=1)  # the longest time between two windows of the same episode
MIN_FOLDED = 3  # windows from which on an episode is folded
MAX_UNFOLDED = 100  # windows that an unfolded line lists
Episode = Sequence[Window]


def window_list(
    windows: Sequence[Window],
    *,
    now: datetime,
    empty: str,
    names: Mapping[int, str] | None = None,
    unfolded: set[int] | None = None,
) -> Callable[[datetime], None]:
    """Draw *windows*, newest first. Return a function that updates the durations of open ones.

    Args:
        windows: The windows, newest first.
        now: The end of open windows' durations.
        empty: The text shown if there are none.
        names: The websites' names by id, to show them; None shows none.
        unfolded: Ids of the oldest windows of unfolded episodes, updated here. None folds nothing.
    """
    lengths = _Lengths(now)
    if not windows:
        text("p", empty, "ww-table-empty")
        return lengths.update
    names = names or {}
    with ui.element("div").classes("ww-windows"):
        for episode in [[window] for window in windows] if unfolded is None else episodes(windows):
            if len(episode) == 1 or unfolded is None:
                _window(episode[0], lengths, names)
            else:
                _folded(episode, lengths, names, unfolded)
    return lengths.update


def drawn(windows: Sequence[Window], names: Mapping[int, str]) -> list[tuple[object, ...]]:
    """Return what the list shows, except durations, to redraw it only if that changed. Pure."""
    return [
        (
            window.id,
            names.get(window.website_id),
            window.initial_status,
            window.root_cause,
            window.started_at,
            window.ended_at,
        )
        for window in windows
    ]


def episodes(windows: Sequence[Window]) -> list[Episode]:
    """Group each website's windows that follow one another shortly; leave the others alone. Newest first. Pure."""
    runs: list[list[Window]] = []
    latest: dict[int, list[Window]] = {}
    for window in windows:
        run = latest.get(window.website_id)
        if run is None or window.ended_at is None or run[-1].started_at - window.ended_at > APART:
            run = latest[window.website_id] = []
            runs.append(run)
        run.append(window)
    found: list[Episode] = []
    for run in runs:
        found += [run] if len(run) >= MIN_FOLDED else [[window] for window in run]
    return sorted(found, key=lambda episode: (episode[0].started_at, episode[0].id), reverse=True)


def _folded(episode: Episode, lengths: "_Lengths", names: Mapping[int, str], unfolded: set[int]) -> None:
    newest, oldest = episode[0], episode[-1]

    def toggled(event: GenericEventArguments) -> None:
        (unfolded.add if event.args else unfolded.discard)(oldest.id)
        if event.args and not inner.default_slot.children:
            draw()

    def draw() -> None:
        with inner:
            for window in episode[:MAX_UNFOLDED]:
                _window(window, lengths, {})
            if len(episode) > MAX_UNFOLDED:
                text("p", f"{len(episode) - MAX_UNFOLDED:,} earlier ones are not listed.", "ww-table-empty")

    with ui.element("details") as fold:
        fold.on("toggle", toggled, js_handler="(event) => emit(event.target.open)")
        with ui.element("summary"):
            with _line(newest, names):
                text("span", f"{len(episode)} times, ")
                _times(oldest.started_at, newest.ended_at)
            lengths.draw(episode, " in all")
        inner = ui.element("div")  # filled when unfolded, as a year may have thousands
        if oldest.id in unfolded:
            fold.props("open")
            draw()


def _window(window: Window, lengths: "_Lengths", names: Mapping[int, str]) -> None:
    with ui.link(target=f"/downtime/{window.id}"):
        with _line(window, names):
            _times(window.started_at, window.ended_at)
        lengths.draw([window])


def _line(window: Window, names: Mapping[int, str]) -> Element:
    """Draw shape, name and cause. Return the element beneath, to draw more into it."""
    status_shape(window.initial_status)
    with ui.element("div").classes("ww-what"):
        with ui.element("b"):
            if window.website_id in names:
                text("bdi", names[window.website_id])  # isolated, as a right-to-left name would reorder the sentence
                text("span", ": ")
            text("span", window.root_cause or "Down")
        return ui.element("span").classes("ww-muted")


def _times(started_at: datetime, ended_at: datetime | None) -> None:
    moment(started_at, is_long=True)
    text("span", " to " if ended_at else ", still down")
    if ended_at:
        moment(ended_at, since=started_at)


class _Lengths:
    """The durations of windows. They are updated in place."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._open: list[tuple[Element, Episode, str]] = []

    def draw(self, windows: Episode, more: str = "") -> None:
        line = text("span", f"{self._words(windows)}{more}", "ww-nowrap ww-secondary")
        if windows[0].ended_at is None:  # only the newest of an episode can be open
            self._open.append((line, windows, more))

    def update(self, now: datetime) -> None:
        self._now = now
        for line, windows, more in self._open:
            line.props["textContent"] = f"{self._words(windows)}{more}"

    def _words(self, windows: Episode) -> str:
        return duration(sum(((window.ended_at or self._now) - window.started_at).total_seconds() for window in windows))
