"""The console messages of the page under test."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from core.models import ConsoleMessage
from dashboard.components.elements import text
from dashboard.components.segments import Segments
from dashboard.format import milliseconds

MAX_SHOWN = 500  # lines; the HAR contains all
EVERY = "All"
LEVELS = {"Errors": "error", "Warnings": "warning"}


def session_console(messages: Sequence[ConsoleMessage]) -> None:
    """Draw a line per message, in order of time, with filters for level and words."""
    with ui.element("section").classes("ww-view ww-console").props('aria-label="Console" tabindex=0'):
        if not messages:
            text("p", "No console messages.", "ww-secondary")
            return
        _Lines(messages)


class _Lines:
    def __init__(self, messages: Sequence[ConsoleMessage]) -> None:
        self._messages = messages
        self._level, self._words = "", ""
        labels = {EVERY: ""} | {
            f"{label} {count:,}": level
            for label, level in LEVELS.items()
            if (count := sum(message.level == level for message in messages))
        }
        with ui.element("div").classes("ww-console-bar"):
            if len(labels) > 1:
                self._segments = Segments("Level", list(labels), EVERY, self._choose(labels))
            words = ui.element("input").classes("ww-input").props("type=search placeholder=Filter aria-label=Filter")
            words.on("input", self._narrow, js_handler="(e) => emit(e.target.value)", throttle=0.2)
        self._draw()

    def _choose(self, labels: Mapping[str, str]) -> Callable[[str], Awaitable[None]]:
        async def choose(label: str) -> None:
            self._level = labels[label]
            self._segments.show(label)
            self._draw.refresh()

        return choose

    def _narrow(self, event: Any) -> None:
        self._words = str(event.args)
        self._draw.refresh()

    @ui.refreshable_method
    def _draw(self) -> None:
        chosen = narrowed(self._messages, self._level, self._words)
        for message in chosen[:MAX_SHOWN]:
            _line(message)
        if not chosen:
            text("p", "No messages match the filters.", "ww-secondary")
        if len(chosen) > MAX_SHOWN:
            text("p", f"{len(chosen) - MAX_SHOWN:,} more lines are not shown.", "ww-secondary")


def narrowed(messages: Sequence[ConsoleMessage], level: str, words: str) -> list[ConsoleMessage]:
    """Return the messages with *level* that contain *words* in text or URL, ignoring case; empty means any."""
    wanted = words.strip().lower()
    return [
        message
        for message in messages
        if level in ("", message.level) and wanted in f"{message.text} {message.url or ''}".lower()
    ]


def _line(message: ConsoleMessage) -> None:
    with ui.element("div").classes("ww-console-line").props(f"data-level={_level(message.level)}"):
        text("span", milliseconds(message.offset_ms), "ww-console-at")
        text("span", message.level, "ww-console-level")
        text("pre", message.text)
        if message.url:
            line = f":{message.line_number}" if message.line_number else ""
            text("small", f"{message.source} · {message.url}{line}")


def _level(level: str) -> str:
    return level if level in ("error", "warning", "info", "debug") else "log"
