"""What the server sends for an input; tests/e2e tests that a slow connection loses no typed letter."""

import pytest
from nicegui import Client
from nicegui.page import page as page_of_nicegui

from dashboard.components.control import Control


@pytest.fixture
async def control(nicegui_loop: None) -> Control:
    """An empty input on a page."""
    with Client(page_of_nicegui("")):
        field = Control("input")
    field.client.outbox.updates.clear()
    return field


def type_in(control: Control, value: str) -> None:
    (listener,) = control._event_listeners.values()
    control._handle_event({"listener_id": listener.id, "args": value})


def left_to_browser(control: Control) -> list[str]:
    told: list[str] = control._to_dict().get("preserved_props", [])
    return told


async def test_typed_text_is_not_sent_back(control: Control) -> None:
    type_in(control, "http://shop")

    assert control.props["value"] == "http://shop"
    assert not control.client.outbox.updates


async def test_other_updates_preserve_typed_text(control: Control) -> None:
    type_in(control, "http://shop")
    control.props["aria-invalid"] = "true"

    assert control.client.outbox.updates
    assert left_to_browser(control) == ["value"]


async def test_a_value_from_the_server_replaces_typed_text(control: Control) -> None:
    type_in(control, "http://shop")
    control.props["value"] = ""

    assert left_to_browser(control) == []


async def test_a_value_from_the_server_is_sent_even_if_typed_before(control: Control) -> None:
    type_in(control, "Shop")
    control.props["value"] = "Blog"
    control._to_dict()  # as sending it does
    control.props["value"] = "Shop"

    assert left_to_browser(control) == []


async def test_listeners_see_the_typed_text(control: Control) -> None:
    seen: list[str] = []
    control.on_typed(lambda: seen.append(control.props["value"]))

    type_in(control, "h")

    assert seen == ["h"]
