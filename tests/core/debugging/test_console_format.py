"""A console call's arguments become the line that a browser's console shows."""

from typing import Any

import pytest

from core.debugging.console_format import formatted


def shown(argument: dict[str, Any]) -> str:
    return str(argument["value"])


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (["%cReady%c in %d ms", "color: red", "", 12.7, "now"], "Ready in 12 ms now"),
        (["%s of %s", "one"], "one of %s"),
        (["100%", "done"], "100% done"),
        (["50%% of %o", 2], "50% of 2"),
        (["%c alone"], "%c alone"),
        ([1, "%s"], "1 %s"),
        (["password", "hunter2", "token"], "password: hunter2 token"),
        ([], ""),
    ],
    ids=[
        "style",
        "too few",
        "a bare sign",
        "escaped",
        "nothing to put in",
        "no template",
        "a secret's name",
        "nothing",
    ],
)
def test_substitutions_follow_the_console_standard(values: list[Any], line: str) -> None:
    assert formatted([{"value": value} for value in values], shown) == line
