"""A console message about a busy main thread can be read back."""

from dataclasses import replace

import pytest

from core.debugging.long_tasks import BusyScript, busy_text, read_busy

SCRIPT = "https://shop.example/checkout.js"
ONE = BusyScript(
    url=SCRIPT, function_name="buildCart", longest_at_ms=120.0, longest_ms=3_001.0, busy_ms=3_001.0, count=1
)


@pytest.mark.parametrize(
    ("busy", "text"),
    [
        (ONE, "This script kept the main thread busy for 3001 ms in 1 long task, in buildCart."),
        (
            replace(ONE, count=12, longest_ms=400.0, function_name=""),
            "This script kept the main thread busy for 3001 ms in 12 long tasks, at most 400 ms.",
        ),
        (
            replace(ONE, url=None, function_name=""),
            "Style and layout kept the main thread busy for 3001 ms in 1 long task.",
        ),
    ],
    ids=["one task", "several tasks", "layout"],
)
def test_a_message_is_read_back(busy: BusyScript, text: str) -> None:
    assert busy_text(busy) == text
    assert read_busy(text, url=busy.url, offset_ms=busy.longest_at_ms) == busy


def test_another_message_says_nothing() -> None:
    assert read_busy("This script kept the main thread busy for ever.", url=SCRIPT, offset_ms=0.0) is None
