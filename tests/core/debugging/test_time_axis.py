"""All facts of a session have times on one axis, from whichever clock they come."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.clock import utc_now
from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo
from core.debugging.time_axis import TimeAxis

SLOW_SECONDS = 0.05


class _Browser(CdpSession):
    """A page that answers with given clock readings: pairs of a delay in seconds and a reading (None for none)."""

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


async def test_the_quickest_of_three_clock_readings_counts() -> None:
    axis = TimeAxis()

    await axis.start_with(_Browser((SLOW_SECONDS, 100.0), (0.0, 200.0), (SLOW_SECONDS, 300.0)))

    assert axis.origin == 200.0
    assert axis.now_ms() >= SLOW_SECONDS * 1_000  # the second reading took this long


async def test_the_clock_reading_is_placed_halfway_between_request_and_response() -> None:
    axis = TimeAxis()
    before = utc_now()

    await axis.start_with(_Browser(*[(SLOW_SECONDS, 100.0)] * 3))

    assert (
        before + timedelta(seconds=SLOW_SECONDS / 2)
        <= axis.started_at
        <= utc_now() - timedelta(seconds=SLOW_SECONDS / 2)
    )


async def test_a_browser_without_a_clock_reading_is_an_error() -> None:
    with pytest.raises(CdpError, match="does not tell its clock"):
        await TimeAxis().start_with(_Browser((0.0, None)))


def test_offsets_and_instants_convert_both_ways() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0)

    assert axis.offset_ms(1_000.25) == 250.0
    assert axis.monotonic(250.0) == 1_000.25


def test_the_start_lies_ago_ms_in_the_past() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0, ago_ms=5_000.0)

    assert 5_000.0 <= axis.now_ms() < 60_000.0
    assert timedelta(seconds=5) <= utc_now() - axis.started_at < timedelta(seconds=60)
    assert axis.moment(1_500.0) == axis.started_at + timedelta(seconds=1.5)
    assert axis.wall_offset_ms(axis.started_at.timestamp() + 1.0) == 1_000.0


def test_a_request_corrects_the_browsers_wall_clock() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0)

    axis.correct_wall(monotonic=1_002.0, wall=500.0)

    assert axis.wall_offset_ms(500.5) == 2_500.0
