"""An open page shows every change, also after the store failed."""

import time
from collections.abc import Iterator

import pytest
from nicegui import Client, ui
from nicegui.page import page as page_of_nicegui

from dashboard.components.keep_current import RETRY_SECONDS, keep_current

pytestmark = pytest.mark.usefixtures("nicegui_loop")


class Page:
    """A page that notes changes and shows them, unless its store fails."""

    def __init__(self) -> None:
        self.is_stale = True
        self.fails = False
        self.attempts = self.shown = 0

    def note_all(self) -> None:
        self.is_stale = True

    async def catch_up(self) -> None:
        if self.is_stale:
            self.is_stale = False
            self.attempts += 1
            if self.fails:
                raise OSError("the store is away")
            self.shown += 1


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def timer(page: Page) -> Iterator[ui.timer]:
    """The timer of *page*, which the test runs."""
    with Client(page_of_nicegui("")) as reader:
        keep_current(page.catch_up, 60.0, note_all=page.note_all)
        (timer,) = [element for element in reader.elements.values() if isinstance(element, ui.timer)]
    yield timer
    reader.delete()


async def tick(timer: ui.timer) -> None:
    assert timer.callback is not None
    await timer.callback()


async def test_a_change_that_could_not_be_read_is_shown_later(page: Page, timer: ui.timer, clock: Clock) -> None:
    page.fails = True
    with pytest.raises(OSError, match="away"):
        await tick(timer)
    page.fails = False

    clock.now += RETRY_SECONDS
    await tick(timer)

    assert page.shown == 1


async def test_a_store_that_is_away_is_asked_rarely_and_told_once(page: Page, timer: ui.timer, clock: Clock) -> None:
    page.fails = True
    with pytest.raises(OSError, match="away"):
        await tick(timer)

    await tick(timer)
    assert page.attempts == 1

    clock.now += RETRY_SECONDS
    await tick(timer)
    assert page.attempts == 2


async def test_a_new_failure_is_told_again(page: Page, timer: ui.timer, clock: Clock) -> None:
    for _ in range(2):
        page.fails = True
        page.note_all()
        with pytest.raises(OSError, match="away"):
            await tick(timer)
        page.fails = False
        clock.now += RETRY_SECONDS
        await tick(timer)

    assert page.shown == 2
