"""Who asked for something."""

import pytest

from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.who_asked import who_asked


@pytest.mark.parametrize(
    ("target", "frame", "asked"),
    [
        (TargetInfo(id="P", type="page"), "P", "page"),
        (TargetInfo(id="P", type="page"), None, "page"),
        (TargetInfo(id="P", type="page"), "F", "iframe"),
        (TargetInfo(id="P", type="page", opener_id="O"), "P", "popup"),
        (TargetInfo(id="F", type="iframe"), "F", "iframe"),
        (TargetInfo(id="W", type="worker"), None, "worker"),
    ],
    ids=["page", "of no frame", "a frame in the page's process", "popup", "a frame in another process", "worker"],
)
async def test_who_asked_is_told_by_target_and_frame(target: TargetInfo, frame: str | None, asked: str) -> None:
    session = CdpSession(CdpConnection(lambda _data: None), "1", target)

    assert who_asked(session, {"type": "Fetch"} | ({"frameId": frame} if frame else {})) == asked
