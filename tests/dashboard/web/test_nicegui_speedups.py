"""The replacements of NiceGUI's functions return the same results, and NiceGUI calls them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from nicegui import client, helpers, json, observables

from dashboard.web import nicegui_speedups


class Told:
    def nothing(self) -> None: ...

    def something(self, argument: object) -> None: ...

    def anything(self, *arguments: object, named: object = None) -> None: ...

    @classmethod
    def of_class(cls, argument: object) -> None: ...


def plain(argument: object) -> None: ...


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(Told().nothing, False, id="a method of nothing"),
        pytest.param(Told().something, True, id="a method of something"),
        pytest.param(Told().anything, False, id="a method of whatever there is"),
        pytest.param(Told.of_class, True, id="a method of the class"),
        pytest.param(plain, True, id="a function"),
        pytest.param(partial(plain, None), False, id="a function that was given it"),
        pytest.param(lambda argument=None: argument, False, id="one with a default"),
    ],
)
def test_expects_arguments_equals_niceguis(asked: Callable[..., Any], expected: bool) -> None:
    for _ in range(2):  # the second time from the cache
        assert nicegui_speedups.expects_arguments(asked) is expected


def test_json_is_escaped_like_niceguis() -> None:
    value = {"text": 'a < b && c > d, `${e}` &amp; "f" · – 日本 \\ \u2028', "empty": ""}

    told = nicegui_speedups.dumps(value)

    assert told == json.dumps(value)
    assert told.translate(client.HTML_ESCAPE_TABLE) == str(told).translate(client.HTML_ESCAPE_TABLE)


def test_nicegui_uses_the_replacements() -> None:
    nicegui_speedups.install()

    assert vars(observables)["helpers"] is helpers
    assert helpers.expects_arguments is nicegui_speedups.expects_arguments
    assert isinstance(vars(client)["json"].dumps({}), nicegui_speedups.Escapable)
