"""A page is asked for facts at the end of its visit."""

import asyncio
from typing import Any

import pytest

from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo
from core.debugging.cdp.page_facts import is_busy, script_bytes_of


class _Page(CdpSession):
    """Answers some commands and lets others time out."""

    def __init__(self, *answered: str) -> None:
        super().__init__(CdpConnection(lambda _data: None), "1", TargetInfo(id="1", type="page"))
        self.answered = answered

    async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
        if method in self.answered:
            return {}
        raise CdpError(f"no answer to {method}") from TimeoutError()


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (("Runtime.evaluate", "Performance.getMetrics", "Page.getNavigationHistory"), False),
        (("Performance.getMetrics", "Page.getNavigationHistory"), True),
        (("Page.getNavigationHistory",), False),
        ((), False),
    ],
    ids=["nothing", "a script", "layout", "the machine"],
)
async def test_only_a_running_script_makes_a_page_busy(answered: tuple[str, ...], expected: bool) -> None:
    assert await is_busy(_Page(*answered)) is expected


async def test_a_busy_page_is_asked_both_questions_at_once() -> None:
    is_measured = asyncio.Event()

    class _Busy(_Page):
        async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
            if method == "Performance.getMetrics":
                is_measured.set()
                return {}
            async with asyncio.timeout(5):
                await is_measured.wait()
            raise CdpError(f"no answer to {method}") from TimeoutError()

    assert await is_busy(_Busy()) is True


@pytest.mark.parametrize(
    ("told", "expected"),
    [({"a.js": 5, "b.js": None}, {"a.js": 5}), ({"a.js": -1, "b.js": 1e99}, {}), ("no", {}), (None, {})],
)
async def test_implausible_script_sizes_are_ignored(told: object, expected: dict[str, int]) -> None:
    class _Told(_Page):
        async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
            return {"result": {"value": told}}

    assert await script_bytes_of(_Told(), ["a.js", "b.js"]) == expected
    assert await script_bytes_of(_Page(), ["a.js"]) == {}
