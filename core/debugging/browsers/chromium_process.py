"""Starts a local Chromium with a CDP pipe, and ends it so that no process or folder is left."""

import asyncio
import contextlib
import logging
import re
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from core.background import until_set
from core.debugging.browsers.browser_profile import new_profile
from core.debugging.browsers.confinement import Confinement
from core.debugging.browsers.environment import browser_environment
from core.debugging.browsers.lack_of_memory import LackOfMemory
from core.debugging.cdp.connection import CdpConnection, CdpError
from core.errors import BrowserError

logger = logging.getLogger(__name__)

START_TIMEOUT_SECONDS = 30.0
START_ATTEMPTS = 3  # sometimes Chromium fails to lock its new profile and exits
CLOSE_TIMEOUT_SECONDS = 5.0  # a browser that takes longer to close is killed
NOISE = re.compile(r":ERROR:dbus/")  # harmless errors on a server without D-Bus
SANDBOX_FAILED = re.compile(r"sandbox|zygote", re.IGNORECASE)  # in Chromium's message when namespaces are forbidden
STDERR_BYTES = 8_192  # the end of the browser's standard error, which explains a failed start

# Only the page under test may use the network, and nothing may prompt a user.
ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-component-extensions-with-background-pages",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-search-engine-choice-screen",
    (
        "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,"
        "CertificateTransparencyComponentUpdater,InterestFeedContentSuggestions,DialMediaRouteProvider,"
        "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
    ),
    # Chromium would ask Google who is signed in, and request component updates after a minute although they are
    # disabled. No browser connects to port 9.
    "--gaia-url=http://127.0.0.1:9/",
    "--component-updater=url-source=http://127.0.0.1:9/",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-popup-blocking",
    "--disable-prompt-on-repost",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-dev-shm-usage",
    "--disable-infobars",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
    "--export-tagged-pdf",
    "--window-size=1280,800",
    # Pretend that there is a mouse: without one pages get their touch layout (Blink's HoverType, PointerType).
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
)

KEEPER = Path(__file__).with_name("browser_keeper.py")


class ChromiumProcess:
    """A running local browser. `launch` starts one; `close` ends it with all its processes and its profile."""

    def __init__(self, transport: asyncio.SubprocessTransport, pipes: "_Pipes", profile: Path) -> None:
        self._transport = transport
        self._pipes = pipes
        self._profile = profile
        self.pid = 0
        """The browser's process id, which is also the id of its process group."""
        self.memory: LackOfMemory | None = pipes.memory
        self._had_ended = False
        # A cast instead of isinstance, because uvloop's transports do not inherit from asyncio's.
        commands = cast("asyncio.WriteTransport", transport.get_pipe_transport(0))
        self.connection = CdpConnection(lambda message: commands.write(message + b"\0"))
        pipes.serve(self.connection)

    @classmethod
    async def launch(
        cls, executable: Path, held: Confinement, arguments: Sequence[str] = (), *, signs_in: bool = False
    ) -> "ChromiumProcess":
        """Start *executable*, confined as *held* says, and wait until it answers; retries with a new profile.

        Args:
            signs_in: Whether the browser supports HTTP authentication. Without it a page gets the 401; with it
                Chromium would prompt for credentials, and without an answer the page would wait forever.

        Raises:
            BrowserError: The browser did not start; the message contains its own error message.
        """
        flags = [*ARGUMENTS, *([] if held.has_sandbox else ["--no-sandbox"]), *arguments]
        for attempts_left in reversed(range(START_ATTEMPTS)):
            browser = await cls._spawn(held.command(str(executable), *flags), signs_in)
            try:
                await browser._answer()
            except CdpError as error:
                if not attempts_left or not browser._may_start_yet():
                    raise BrowserError(browser._why_not_started(executable)) from error
                logger.info("the browser ended before it answered", extra={"attempts_left": attempts_left})
            else:
                return browser
        raise AssertionError("the last attempt returns or raises")

    @classmethod
    async def _spawn(cls, command: Sequence[str], signs_in: bool) -> "ChromiumProcess":
        profile = await asyncio.to_thread(new_profile, signs_in)
        try:
            transport, pipes = await asyncio.get_running_loop().subprocess_exec(
                _Pipes,
                sys.executable,
                "-IS",  # starts faster, and needs only the standard library
                str(KEEPER),
                str(profile),
                "cdp",
                *command,
                f"--user-data-dir={profile}",
                "about:blank",
                start_new_session=True,  # its own process group, so that Ctrl-C does not reach it and killpg ends it
                env=browser_environment() | {"TMPDIR": str(profile)},
            )
        except OSError as error:
            shutil.rmtree(profile, ignore_errors=True)
            raise BrowserError(f"The browser could not be started: {error.strerror or error}.") from error
        except asyncio.CancelledError:  # asyncio has killed the process
            shutil.rmtree(profile, ignore_errors=True)
            raise
        return cls(transport, pipes, profile)

    async def _answer(self) -> None:
        """Wait until the browser answers CDP; on an exception the browser is gone."""
        try:
            info = await self.connection.root.send("SystemInfo.getProcessInfo", timeout=START_TIMEOUT_SECONDS)
            self.pid = next(process["id"] for process in info["processInfo"] if process["type"] == "browser")
        except BaseException:
            self._had_ended = self.connection.is_closed
            await self.kill()
            raise

    @property
    def is_alive(self) -> bool:
        return not self.connection.is_closed

    async def close(self) -> None:
        """Close the browser, or kill it after a timeout; returns when no process or profile is left."""
        with contextlib.suppress(CdpError):
            await self.connection.root.send("Browser.close", timeout=CLOSE_TIMEOUT_SECONDS)
        await until_set(self._pipes.exited, CLOSE_TIMEOUT_SECONDS)
        await self.kill()

    async def kill(self) -> None:
        """Kill the browser's process group, wait for its end, and remove the profile."""
        with contextlib.suppress(ProcessLookupError):
            self._transport.send_signal(signal.SIGTERM)  # the keeper kills and reaps the browser and cleans up
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                await self._pipes.exited.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._transport.kill()  # on Linux the browser dies with the keeper
            await self._pipes.exited.wait()
        self.connection.close()
        self._transport.close()
        await asyncio.to_thread(shutil.rmtree, self._profile, ignore_errors=True)

    def _may_start_yet(self) -> bool:
        """Whether another attempt may succeed."""
        words = " ".join(self._last_lines())
        return self._had_ended and not SANDBOX_FAILED.search(words) and "no such file" not in words.lower()

    def _last_lines(self) -> list[str]:
        lines = self._pipes.stderr.decode(errors="replace").splitlines()
        return [line.strip() for line in lines if line.strip() and not NOISE.search(line)]

    def _why_not_started(self, executable: Path) -> str:
        lines = self._last_lines()
        if SANDBOX_FAILED.search(" ".join(lines)):
            return (
                f"The browser {executable} could not start its sandbox: allow unprivileged user namespaces, in a "
                "container by Watchwright's deploy/seccomp.json "
                "(see https://chromium.googlesource.com/chromium/src/+/main/docs/linux/suid_sandbox_development.md)."
            )
        last = next((line for line in lines if "FATAL" in line), lines[-1] if lines else "it said nothing")
        return self._pipes.memory.explained(f"The browser {executable} ended before it answered: {last[:300]}")


class _Pipes(asyncio.SubprocessProtocol):
    """Receives the browser's output: CDP messages, separated by NUL, on stdout, and error messages on stderr."""

    def __init__(self) -> None:
        self.exited = asyncio.Event()
        self.memory = LackOfMemory()
        self.stderr = b""
        self._connection: CdpConnection | None = None
        self._is_lost = False
        self._parts: list[bytes] = []

    def serve(self, connection: CdpConnection) -> None:
        """Forward messages to *connection*; closes it immediately if the browser has ended already."""
        self._connection = connection
        if self._is_lost:
            connection.close(self._end())

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self.stderr = (self.stderr + data)[-STDERR_BYTES:]
            return
        *whole, rest = data.split(b"\0")
        for end in whole:
            message = b"".join([*self._parts, end])
            self._parts.clear()
            if self._connection is not None:
                self._connection.receive(message)
        if rest:
            self._parts.append(rest)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 2:
            return
        self._is_lost = True
        if self._connection is not None:
            self._connection.close(self._end())

    def _end(self) -> str:
        return self.memory.explained("The browser has ended.")

    def process_exited(self) -> None:
        self.exited.set()
