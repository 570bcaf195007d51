"""What a page logs is told as it was."""

from typing import Any

import pytest

from core.clock import utc_now
from core.debugging.cdp_console import console_values
from core.debugging.time_axis import TimeAxis


@pytest.mark.parametrize(
    ("value", "word"),
    [(0, "0"), (1, "1"), (1.5, "1.5"), (True, "true"), (False, "false"), (None, "null"), ("1", "1"), ({}, "{…}")],
    ids=str,
)
def test_a_logged_value_is_that_value(value: Any, word: str) -> None:
    axis = TimeAxis(started_at=utc_now(), origin=0.0, wall_origin=1_700_000_000.0)
    arguments = [{"type": "string", "value": "is"}, {"type": "any", "value": value}]
    params = {"type": "log", "timestamp": 1_700_000_000_000.0, "args": arguments}

    message = console_values("Runtime.consoleAPICalled", params, axis)

    assert message is not None
    assert message["text"] == f"is {word}"
