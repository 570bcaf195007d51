"""Starts a local browser or connects to a remote one, behind one interface."""

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
    """Interface of a local or remote browser."""

    connection: CdpConnection
    pid: int
    """Id of the browser's process group; 0 for a remote browser."""
    memory: LackOfMemory | None
    """Detects a lack of memory; None for a remote browser."""

    @property
    def is_alive(self) -> bool: ...

    async def close(self) -> None:
        """End a local browser, or disconnect from a remote one."""

    async def kill(self) -> None:
        """End a local browser without asking it to close first, or disconnect from a remote one."""


async def run(
    choice: BrowserChoice, guard: PolicyProxy | None, may_connect: MayConnect, signs_in: bool
) -> RunningBrowser:
    """Start the chosen browser, or connect to it if it is remote.

    Raises:
        BrowserError: The browser could not be started, or does not answer.
    """
    if choice.executable is not None:
        arguments = guard.arguments if guard is not None else ()
        held = await asyncio.to_thread(confinement_of, choice.executable)
        return await ChromiumProcess.launch(choice.executable, held, arguments, signs_in=signs_in)
    assert choice.endpoint is not None
    # Imported here because its dependencies are large and few installations need them.
    from core.debugging.browsers.remote_browser import CdpServer, PlaywrightServer, require_open

    await require_open(choice.endpoint, may_connect)
    if choice.endpoint.startswith("http"):
        return await CdpServer.connect(choice.endpoint)
    return await PlaywrightServer.connect(choice.endpoint)
