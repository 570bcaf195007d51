"""The overview without websites, in its own file because browser tests leave no event loop for asyncio tests."""

import pytest
from nicegui import Client
from nicegui.page import page as page_of_nicegui

from dashboard.pages.overview import nothing_yet


@pytest.mark.parametrize(
    ("may_add", "words"),
    [(True, "Add your first website"), (False, "No websites yet")],
    ids=["who may add one", "who may only look"],
)
async def test_a_viewer_sees_no_form_on_an_empty_overview(may_add: bool, words: str) -> None:
    async def paste(_address: str) -> None: ...

    with Client(page_of_nicegui("")) as reader:
        nothing_yet(paste, lambda: None, may_add=may_add)

    said = [element.props.get("textContent") for element in reader.elements.values()]
    assert words in said
    assert any("Paste its address" in str(each) for each in said) is may_add
