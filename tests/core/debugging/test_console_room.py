"""A page that logs without end does not hide what went wrong."""

from typing import Any

from core.debugging.console_room import GRAVE_KEPT, KEPT, ConsoleRoom


def message(level: str, source: str = "console") -> dict[str, Any]:
    return {"level": level, "source": source, "text": "x", "offset_ms": 1.0, "timestamp": None}


def test_beyond_the_bound_errors_and_warnings_and_our_remarks_are_kept_and_it_is_said_once() -> None:
    room = ConsoleRoom()
    kept = [one for _ in range(KEPT + 2) for one in room.admitted(message("log"))]

    assert len(kept) == KEPT + 1
    assert (kept[-1]["source"], "more than 5,000 messages" in kept[-1]["text"]) == ("watchwright", True)
    assert room.admitted(message("error", "exception")) == [message("error", "exception")]
    assert room.admitted(message("info", "watchwright")) == [message("info", "watchwright")]
    assert room.admitted(message("log")) == []


def test_a_remark_of_the_browser_is_kept_once_whoever_tells_of_it() -> None:
    room = ConsoleRoom()
    later = message("error", "network") | {"offset_ms": 40.0}

    kept = [
        one for each in (message("error", "network"), message("error", "network"), later) for one in room.admitted(each)
    ]

    assert kept == [message("error", "network"), later]
    assert len([one for _ in range(2) for one in room.admitted(message("log"))]) == 2


def test_errors_have_a_bound_as_well() -> None:
    room = ConsoleRoom()

    kept = sum(len(room.admitted(message("error"))) for _ in range(KEPT + GRAVE_KEPT + 5))

    assert kept == KEPT + GRAVE_KEPT + 1
