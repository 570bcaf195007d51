"""The end of a click's work is sent to the browser; tests/e2e tests that the browser waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from nicegui import Client, ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments
from nicegui.page import page as page_of_nicegui
from sqlalchemy.exc import OperationalError

from core.errors import NotAllowed
from dashboard.components.busy_controls import on_press, on_submit


@pytest.fixture
async def reader(nicegui_loop: None) -> Client:
    """A client with an empty page open."""
    return Client(page_of_nicegui(""))


def press(element: Element) -> Awaitable[None] | None:
    """Call the only event listener of *element* and return its awaitable."""
    (listener,) = element._event_listeners.values()
    assert listener.handler is not None
    given = GenericEventArguments(sender=element, client=element.client, args={})
    left: Awaitable[None] | None = listener.handler(given)
    return left


async def told(reader: Client) -> list[Any]:
    """The scripts that the reader's browser was sent so far."""
    for _turn in range(3):  # NiceGUI sends scripts that are not awaited from a task
        await asyncio.sleep(0)
    return [data["code"] for _target, kind, data in reader.outbox.messages if kind == "run_javascript"]


def notices(reader: Client) -> list[str]:
    """The messages that the reader was shown so far."""
    return [data["message"] for _target, kind, data in reader.outbox.messages if kind == "notify"]


def drawn(reader: Client, do: Callable[[], Any]) -> Element:
    with reader:
        element = ui.element("button")
    on_press(element, do)
    return element


async def test_finished_work_ends_the_busy_state(reader: Client) -> None:
    is_done = asyncio.Event()
    button = drawn(reader, is_done.wait)

    left = asyncio.ensure_future(press(button) or asyncio.sleep(0))
    meanwhile = await told(reader)
    is_done.set()
    await left

    assert meanwhile == []
    assert await told(reader) == [f"wwDone('{button.id} click')"]


async def test_failed_work_ends_the_busy_state(reader: Client) -> None:
    def fail() -> None:
        raise LookupError

    async def fail_later() -> None:
        raise LookupError

    at_once, later = drawn(reader, fail), drawn(reader, fail_later)

    with pytest.raises(LookupError):
        press(at_once)
    with pytest.raises(LookupError):
        await (press(later) or asyncio.sleep(0))

    assert await told(reader) == [f"wwDone('{at_once.id} click')", f"wwDone('{later.id} click')"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LookupError("of ours"), "That failed because of a fault in Watchwright. See the server log for details."),
        (
            OperationalError("UPDATE", None, Exception("database is locked")),
            "The database is unavailable. Try again in a few seconds. See the server log for details.",
        ),
        (NotAllowed("You may look."), "You may look."),
    ],
    ids=["a mistake", "a locked store", "a refusal"],
)
async def test_an_unexpected_error_is_shown(reader: Client, error: Exception, words: str) -> None:
    def fail() -> None:
        raise error

    async def fail_later() -> None:
        raise error

    with pytest.raises(type(error)):
        press(drawn(reader, fail))
    with pytest.raises(type(error)):
        await (press(drawn(reader, fail_later)) or asyncio.sleep(0))

    assert notices(reader) == [words, words]


async def test_a_button_deleted_by_its_work_is_done(reader: Client) -> None:
    async def redraw() -> None:
        button.delete()

    button = drawn(reader, redraw)

    await (press(button) or asyncio.sleep(0))

    assert await told(reader) == [f"wwDone('{button.id} click')"]


async def test_nothing_is_sent_to_a_reader_who_has_left(reader: Client) -> None:
    async def leave() -> None:
        reader.delete()

    await (press(drawn(reader, leave)) or asyncio.sleep(0))

    assert await told(reader) == []


async def test_a_form_uses_its_own_key(reader: Client) -> None:
    async def send() -> None:
        pass

    with reader:
        form = ui.element("form")
    on_submit(form, send)

    await (press(form) or asyncio.sleep(0))

    assert await told(reader) == [f"wwDone('{form.id} submit.prevent')"]
