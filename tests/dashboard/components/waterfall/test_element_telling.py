"""What the waterfall sends to a reader whose connection is lost, and to one who has left."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from nicegui import Client
from nicegui.page import page as page_of_nicegui

from benchmarks.synthetic import exchanges
from core.debugging.waterfall import Exchange
from dashboard.components.waterfall import Waterfall, WaterfallHandlers
from dashboard.components.waterfall.wire import FIRST_BATCH

ROWS = FIRST_BATCH + 20
SECONDS = 5.0


class Taken:
    """Exchanges that count how many of them were iterated over."""

    def __init__(self) -> None:
        self.count = 0
        self.first_batch = asyncio.Event()

    def __iter__(self) -> Iterator[Exchange]:
        for exchange in exchanges(ROWS):
            self.count += 1
            if self.count == FIRST_BATCH:
                self.first_batch.set()
            yield exchange


async def _nothing(_handlers: str) -> None:
    return None


async def _none(_handlers: str) -> list[str]:
    return []


async def _no_hits(_handlers: str) -> list[dict[str, str]]:
    return []


@pytest.fixture
async def waterfall(nicegui_loop: None) -> AsyncIterator[Waterfall]:
    """A waterfall on a page whose socket is not open."""
    with Client(page_of_nicegui("")) as client:
        element = Waterfall(
            WaterfallHandlers(details=_nothing, having_response_header=_none, search=_no_hits), name="test"
        )
    yield element
    if not client.is_deleted:
        client.delete()


async def test_a_reconnected_reader_gets_the_rest(waterfall: Waterfall) -> None:
    taken = Taken()
    telling = asyncio.create_task(waterfall.show_many(taken))
    await asyncio.wait_for(taken.first_batch.wait(), SECONDS)
    assert taken.count == FIRST_BATCH

    waterfall.client.tab_id = "back"
    await asyncio.wait_for(telling, SECONDS)

    assert taken.count == ROWS


async def test_a_reader_who_has_left_gets_nothing_more(waterfall: Waterfall) -> None:
    taken = Taken()
    telling = asyncio.create_task(waterfall.show_many(taken))
    await asyncio.wait_for(taken.first_batch.wait(), SECONDS)

    waterfall.client.delete()
    await asyncio.wait_for(telling, SECONDS)

    assert taken.count == FIRST_BATCH


async def test_deleting_the_page_while_waiting_is_not_an_error(waterfall: Waterfall) -> None:
    taken = Taken()
    telling = asyncio.create_task(waterfall.show_many(taken))
    await asyncio.wait_for(taken.first_batch.wait(), SECONDS)

    waterfall.client.delete()
    waterfall._client = lambda: None  # type: ignore[assignment]  # its weak reference has died
    await asyncio.wait_for(telling, SECONDS)

    assert taken.count == FIRST_BATCH
