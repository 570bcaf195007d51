"""A select costs one element, however many options it has."""

import json
from collections.abc import Iterator

import pytest
from nicegui import Client
from nicegui.page import page

from dashboard.components.select import Select


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(page("")) as client:
        yield client


def test_ten_thousand_options_are_one_element(client: Client) -> None:
    before = len(client.elements)

    select = Select(((str(number), f"Website {number}") for number in range(10_000)), "7")

    assert len(client.elements) == before + 1
    assert json.loads(select.props["options"])[7] == ["7", "Website 7"]
    assert select.props["value"] == "7"


@pytest.mark.parametrize(("options", "chosen"), [([("a", "A"), ("b", "B")], "a"), ([], None)])
def test_the_first_option_is_the_default(client: Client, options: list[tuple[str, str]], chosen: str | None) -> None:
    assert Select(options).props["value"] == chosen
