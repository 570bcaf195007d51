"""A session's console is filtered by level and text."""

from core.models import ConsoleMessage
from dashboard.components.session_console import narrowed

LINES = [
    ConsoleMessage(level="log", text="Ready", url="https://a.example/app.js"),
    ConsoleMessage(level="error", text="Uncaught TypeError", url=None),
    ConsoleMessage(level="warning", text="app is old", url=None),
]


def texts(level: str, words: str) -> list[str]:
    return [line.text for line in narrowed(LINES, level, words)]


def test_lines_are_filtered_by_level_and_words() -> None:
    assert texts("", "") == ["Ready", "Uncaught TypeError", "app is old"]
    assert texts("error", "") == ["Uncaught TypeError"]
    assert texts("", " APP") == ["Ready", "app is old"]
    assert texts("error", "app") == []
