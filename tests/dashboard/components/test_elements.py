"""Small elements: what the browser offers in an input."""

from collections.abc import Iterator

import pytest
from nicegui import Client, ui
from nicegui.page import page

from dashboard.components.elements import propose


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(page("")) as client:
        yield client


def test_six_hundred_proposals_are_one_element(client: Client) -> None:
    field = ui.element("input")
    before = len(client.elements)

    propose(field, [*map(str, range(600)), '"><script>'])

    assert len(client.elements) == before + 1
    [offered] = [element for element in client.elements.values() if element.html_id == field.props["list"]]
    assert offered.props["innerHTML"].startswith('<option value="0"></option><option value="1"></option>')
    assert offered.props["innerHTML"].endswith('<option value="&quot;&gt;&lt;script&gt;"></option>')
