"""Frames become rarer, so that the filmstrip of any page is bounded."""

import base64
from typing import Any

from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.cdp.filmstrip import FRAMES_KEPT, Filmstrip, rest_seconds
from tests.waiting import until


def frame(picture: bytes) -> dict[str, Any]:
    return {"data": base64.b64encode(picture).decode(), "metadata": {"timestamp": 1.0}, "sessionId": 1}


def test_frames_are_frequent_at_first_and_rare_later() -> None:
    rests = [rest_seconds(count, took_seconds=0.01) for count in (0, 14, 15, 30, 60)]

    assert rests == [0.1, 0.1, 0.2, 0.4, 1.6]


def test_a_slow_machine_takes_fewer_frames() -> None:
    assert rest_seconds(0, took_seconds=0.05) == 0.2
    assert rest_seconds(0, took_seconds=3.0) == 1.0
    assert rest_seconds(60, took_seconds=3.0) == 1.6


def test_all_frames_together_cover_the_load_of_a_slow_page() -> None:
    assert 40 < sum(rest_seconds(count, took_seconds=0.0) for count in range(FRAMES_KEPT)) < 60


async def test_the_screencast_is_off_between_two_frames() -> None:
    sent: list[bytes] = []
    kept: list[bytes] = []
    page = CdpSession(CdpConnection(sent.append), "1", TargetInfo(id="1", type="page"))
    strip = Filmstrip(lambda picture, _at: kept.append(picture))

    strip.start(page)
    strip.on_frame(page, frame(b"first"))
    strip.on_frame(page, frame(b"under way already"))
    await until(lambda: sum(b"startScreencast" in data for data in sent) >= 2)
    strip.on_frame(page, frame(b"first"))

    assert kept == [b"first"]
    commands = [
        name for name in ("Page.startScreencast", "Page.stopScreencast") for data in sent if name.encode() in data
    ]
    assert commands == ["Page.startScreencast"] * 2 + ["Page.stopScreencast"] * 2
