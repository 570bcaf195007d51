"""A request's target name depends on its CDP session and frame."""

import pytest

from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.target_name import target_name


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
async def test_the_name_depends_on_target_and_frame(target: TargetInfo, frame: str | None, asked: str) -> None:
    session = CdpSession(CdpConnection(lambda _data: None), "1", target)

    assert target_name(session, {"type": "Fetch"} | ({"frameId": frame} if frame else {})) == asked
