"""What the page under test wrote to its console."""

from collections.abc import Sequence

from nicegui import ui

from core.models import ConsoleMessage
from dashboard.components.elements import text
from dashboard.format import milliseconds

SHOWN = 500  # lines; more are in the HAR's comments and nobody reads on


def session_console(messages: Sequence[ConsoleMessage]) -> None:
    """One line for each message, in the order of time."""
    with ui.element("section").classes("ww-view ww-console").props('aria-label="Console" tabindex=0'):
        if not messages:
            text("p", "The page wrote nothing to its console.", "ww-secondary")
        for message in messages[:SHOWN]:
            _line(message)
        if len(messages) > SHOWN:
            text("p", f"{len(messages) - SHOWN:,} more lines are not shown.", "ww-secondary")


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
