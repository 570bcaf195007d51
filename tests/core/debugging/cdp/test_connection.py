"""CDP messages are parsed whatever a page puts into them."""

from typing import Any

import pytest

from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo


async def test_a_message_with_a_lone_surrogate_is_handled() -> None:
    heard: list[Any] = []
    connection = CdpConnection(lambda _data: None)

    def on_event(_session: CdpSession, _method: str, params: dict[str, Any]) -> None:
        heard.append(params["text"])

    connection.root.on_event = on_event

    connection.receive(
        rb'{"method": "Runtime.consoleAPICalled", "params": {"text": "half \ud800 of a pair \ud83d\ude00"}}'
    )

    assert heard == ["half ? of a pair \N{GRINNING FACE}"]


async def test_a_command_to_a_browser_that_is_gone_says_so() -> None:
    connection = CdpConnection(lambda _data: None)
    page = connection.open_session("1", TargetInfo(id="1", type="page"))

    connection.close("The browser has ended.")

    for session in (page, connection.root):
        with pytest.raises(CdpError, match=r"The browser has ended\."):
            await session.send("Page.enable")
