"""Errors are stored even when a page logs endlessly."""

from typing import Any

from core.debugging.console_limits import MESSAGE_LIMIT, SEVERE_LIMIT, ConsoleLimits


def message(level: str, source: str = "console") -> dict[str, Any]:
    return {"level": level, "source": source, "text": "x", "offset_ms": 1.0, "timestamp": None}


def test_over_the_limit_only_severe_and_own_messages_are_stored_and_one_note_says_so() -> None:
    limits = ConsoleLimits()
    kept = [one for _ in range(MESSAGE_LIMIT + 2) for one in limits.admitted(message("log"))]

    assert len(kept) == MESSAGE_LIMIT + 1
    assert (kept[-1]["source"], "more than 5,000 messages" in kept[-1]["text"]) == ("watchwright", True)
    assert limits.admitted(message("error", "exception")) == [message("error", "exception")]
    assert limits.admitted(message("info", "watchwright")) == [message("info", "watchwright")]
    assert limits.admitted(message("log")) == []


def test_a_browser_message_that_two_targets_report_is_stored_once() -> None:
    limits = ConsoleLimits()
    later = message("error", "network") | {"offset_ms": 40.0}

    kept = [
        one
        for each in (message("error", "network"), message("error", "network"), later)
        for one in limits.admitted(each)
    ]

    assert kept == [message("error", "network"), later]
    assert len([one for _ in range(2) for one in limits.admitted(message("log"))]) == 2


def test_errors_have_a_limit_as_well() -> None:
    limits = ConsoleLimits()

    kept = sum(len(limits.admitted(message("error"))) for _ in range(MESSAGE_LIMIT + SEVERE_LIMIT + 5))

    assert kept == MESSAGE_LIMIT + SEVERE_LIMIT + 1
