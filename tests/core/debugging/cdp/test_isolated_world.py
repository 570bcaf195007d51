"""Expressions are evaluated apart from the page's scripts."""

from typing import Any

import pytest

from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo
from core.debugging.cdp.isolated_world import evaluate_apart


class _Page(CdpSession):
    def __init__(self, silent: str) -> None:
        super().__init__(CdpConnection(lambda _data: None), "1", TargetInfo(id="frame", type="page"))
        self.silent = silent

    async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
        if method == self.silent:
            raise CdpError(f"no answer to {method}")
        if method == "Page.createIsolatedWorld":
            return {"executionContextId": 7 if params["frameId"] == "frame" else 0}
        return {"result": {"value": params["contextId"]}}


@pytest.mark.parametrize(("silent", "value"), [("", 7), ("Page.createIsolatedWorld", None), ("Runtime.evaluate", None)])
async def test_the_value_comes_from_a_world_of_its_own(silent: str, value: int | None) -> None:
    assert await evaluate_apart(_Page(silent), "1") == value
