"""Finds the browser that debug sessions open: the configured one, else the best that is installed."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.errors import BrowserMissing
from core.schemas.url import place_of

HOW_TO_GET_ONE = (
    "No browser for debug sessions was found. Run `make setup` or `playwright install chromium`, install Chrome, Edge "
    "or Chromium, or set WATCHWRIGHT_BROWSER_EXECUTABLE or WATCHWRIGHT_BROWSER_ENDPOINT."
)

# Relative to the folder of one Playwright revision. Older revisions use other names.
PLAYWRIGHT_EXECUTABLES = (
    "chrome-linux64/chrome",
    "chrome-linux/chrome",
    "chrome-mac*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    "chrome-win64/chrome.exe",
    "chrome-win/chrome.exe",
    "chrome-headless-shell-*/chrome-headless-shell*",
    "chrome-linux/headless_shell",
)
NAMES_ON_PATH = (
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "msedge",
    "chromium",
    "chromium-browser",
)
USUAL_PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "win32": (
        "{ProgramFiles}/Google/Chrome/Application/chrome.exe",
        "{ProgramFiles(x86)}/Google/Chrome/Application/chrome.exe",
        "{LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
        "{ProgramFiles(x86)}/Microsoft/Edge/Application/msedge.exe",
        "{ProgramFiles}/Microsoft/Edge/Application/msedge.exe",
    ),
    "linux": ("/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge", "/snap/bin/chromium"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserChoice:
    """A browser that debug sessions can open; exactly one of `executable` and `endpoint` is set."""

    executable: Path | None = None
    endpoint: str | None = None
    """``ws://`` of a Playwright server or ``http://`` of a CDP one."""
    source: str
    """Where the browser comes from, as text for `watchwright doctor`."""

    def __str__(self) -> str:
        # Shows no path, query or password of an endpoint: anybody who knows them can use its browser.
        return f"{self.executable or place_of(self.endpoint or '')} ({self.source})"


def find_browsers(settings: Settings) -> list[BrowserChoice]:
    """Return the browser for debug sessions, or all configured remote browsers, which are interchangeable.

    Raises:
        BrowserMissing: There is no browser; the message says how to get one.
    """
    if settings.browser_executable is not None or settings.browser_endpoint is None:
        return [find_browser(settings)]
    return [_remote(endpoint) for endpoint in settings.browser_endpoint.split(",")]


def find_browser(settings: Settings, environment: Mapping[str, str] = os.environ) -> BrowserChoice:
    """Return the browser for debug sessions; the first one where several remote browsers are configured.

    Looks for the configured browser first, then for Playwright's own Chromium, then for an installed Chrome, Edge
    or Chromium.

    Raises:
        BrowserMissing: There is no browser; the message says how to get one.
    """
    if settings.browser_executable is not None:
        return _named(settings.browser_executable)
    if settings.browser_endpoint is not None:
        return _remote(settings.browser_endpoint.split(",")[0])
    for executable in _playwright_executables(environment):
        return BrowserChoice(executable=executable, source="installed by Playwright")
    for executable in _installed(environment):
        if not _is_snap_wrapper(executable):
            return BrowserChoice(executable=executable, source="installed on this machine")
    raise BrowserMissing(HOW_TO_GET_ONE)


def _remote(endpoint: str) -> BrowserChoice:
    return BrowserChoice(endpoint=endpoint, source="WATCHWRIGHT_BROWSER_ENDPOINT")


def _named(executable: Path) -> BrowserChoice:
    found = shutil.which(executable.expanduser())
    if found is None:
        raise BrowserMissing(
            f"WATCHWRIGHT_BROWSER_EXECUTABLE={str(executable)!r} is not a program; give the path of Chrome, "
            "Edge or Chromium, or unset it to let Watchwright look for one."
        )
    return BrowserChoice(executable=Path(found), source="WATCHWRIGHT_BROWSER_EXECUTABLE")


def _playwright_executables(environment: Mapping[str, str]) -> Iterator[Path]:
    place = _playwright_folder(environment)
    if not os.access(place, os.R_OK | os.X_OK):  # another user's home, if `runuser` did not set HOME
        return
    # The newest revision first, and the full browser before the headless shell, which lacks some features.
    for kind in ("chromium", "chromium_headless_shell"):
        for folder in sorted(place.glob(f"{kind}-*"), key=_revision, reverse=True):
            for pattern in PLAYWRIGHT_EXECUTABLES:
                yield from (found for found in folder.glob(pattern) if os.access(found, os.X_OK))


def _playwright_folder(environment: Mapping[str, str]) -> Path:
    named = environment.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        return Path(named)
    if named == "0":
        import playwright

        return Path(playwright.__file__).parent / "driver" / "package" / ".local-browsers"
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 (Path.home raises for a user without a home)
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA", home)) / "ms-playwright"
    return Path(environment.get("XDG_CACHE_HOME", home / ".cache")) / "ms-playwright"


def _revision(folder: Path) -> int:
    digits = folder.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _is_snap_wrapper(executable: Path) -> bool:
    """Whether this is the script of Ubuntu's package, which has no browser and asks for the snap instead.

    Where the snap is installed, it is found at its own place.
    """
    try:
        with executable.open("rb") as file:
            head = file.read(4_096)
    except OSError:  # a program that may be run but not read
        return False
    return head.startswith(b"#!") and b"/snap/bin/" in head


def _installed(environment: Mapping[str, str]) -> Iterator[Path]:
    for name in NAMES_ON_PATH:
        if found := shutil.which(name, path=environment.get("PATH")):
            yield Path(found)
    for place in USUAL_PLACES.get(sys.platform, ()):
        try:
            path = Path(place.format(**environment))
        except KeyError:
            continue  # this Windows lacks the folder's environment variable
        if os.access(path, os.X_OK):
            yield path
