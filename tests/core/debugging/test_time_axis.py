"""All that a session records lies on one axis, whichever clock of the browser's told of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.clock import utc_now
from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo
from core.debugging.time_axis import TimeAxis

SLOW_SECONDS = 0.05


class _Browser(CdpSession):
    """Tells its clock each time that it is asked: after how many seconds, and what it says, None for nothing."""

    def __init__(self, *told: tuple[float, float | None]) -> None:
        super().__init__(CdpConnection(lambda _data: None), "1", TargetInfo(id="1", type="page"))
        self._told = iter(told)

    async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
        if method != "Performance.getMetrics":
            return {}
        seconds, stamp = next(self._told)
        await asyncio.sleep(seconds)
        others = [{"name": "Documents", "value": 7.0}]
        return {"metrics": others if stamp is None else [*others, {"name": "Timestamp", "value": stamp}]}


async def test_of_three_readings_of_the_browsers_clock_the_quickest_counts() -> None:
    axis = TimeAxis()

    await axis.start_with(_Browser((SLOW_SECONDS, 100.0), (0.0, 200.0), (SLOW_SECONDS, 300.0)))

    assert axis.origin == 200.0
    assert axis.now_ms() >= SLOW_SECONDS * 1_000  # as long ago as the second one


async def test_the_browser_read_its_clock_half_way_through_the_answer() -> None:
    axis = TimeAxis()
    before = utc_now()

    await axis.start_with(_Browser(*[(SLOW_SECONDS, 100.0)] * 3))

    assert (
        before + timedelta(seconds=SLOW_SECONDS / 2)
        <= axis.started_at
        <= utc_now() - timedelta(seconds=SLOW_SECONDS / 2)
    )


async def test_a_browser_that_tells_no_clock_cannot_be_recorded() -> None:
    with pytest.raises(CdpError, match="does not tell its clock"):
        await TimeAxis().start_with(_Browser((0.0, None)))


def test_an_instant_and_its_offset_are_the_same_place() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0)

    assert axis.offset_ms(1_000.25) == 250.0
    assert axis.monotonic(250.0) == 1_000.25


def test_what_took_a_while_to_ask_for_began_that_much_earlier() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0, ago_ms=5_000.0)

    assert 5_000.0 <= axis.now_ms() < 60_000.0
    assert timedelta(seconds=5) <= utc_now() - axis.started_at < timedelta(seconds=60)
    assert axis.moment(1_500.0) == axis.started_at + timedelta(seconds=1.5)
    assert axis.wall_offset_ms(axis.started_at.timestamp() + 1.0) == 1_000.0


def test_a_request_sets_the_browsers_wall_clock_right() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0)

    axis.correct_wall(monotonic=1_002.0, wall=500.0)

    assert axis.wall_offset_ms(500.5) == 2_500.0
