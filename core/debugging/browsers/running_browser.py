"""A browser process as everything above sees it: of our own, or a remote one."""

import asyncio
from typing import Protocol

from core.addresses import MayConnect
from core.debugging.browser import BrowserChoice
from core.debugging.browsers.chromium_process import ChromiumProcess
from core.debugging.browsers.confinement import confinement_of
from core.debugging.browsers.lack_of_memory import LackOfMemory
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.cdp.connection import CdpConnection


class RunningBrowser(Protocol):
    """A browser of our own, or a remote one."""

    connection: CdpConnection
    pid: int
    """Of its process group; 0 where it runs elsewhere."""
    memory: LackOfMemory | None
    """Whether it was ended for lack of it; None where it runs elsewhere."""

    @property
    def is_alive(self) -> bool: ...

    async def close(self) -> None:
        """End it or, where it runs elsewhere, leave it."""

    async def kill(self) -> None:
        """`close`, without waiting for a goodbye."""


async def run(
    choice: BrowserChoice, guard: PolicyProxy | None, may_connect: MayConnect, signs_in: bool
) -> RunningBrowser:
    """Start the chosen browser, or connect to it where it runs elsewhere.

    Raises:
        BrowserError: It could not be started, or does not answer.
    """
    if choice.executable is not None:
        arguments = guard.arguments if guard is not None else ()
        held = await asyncio.to_thread(confinement_of, choice.executable)
        return await ChromiumProcess.launch(choice.executable, held, arguments, signs_in=signs_in)
    assert choice.endpoint is not None
    # With clients that few need.
    from core.debugging.browsers.remote_browser import CdpServer, PlaywrightServer, require_open

    await require_open(choice.endpoint, may_connect)
    if choice.endpoint.startswith("http"):
        return await CdpServer.connect(choice.endpoint)
    return await PlaywrightServer.connect(choice.endpoint)
