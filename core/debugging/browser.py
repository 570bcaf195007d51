"""Which browser debug sessions open: the one that is named, else the best that is installed."""

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
    "There is no browser for debug sessions: run `make setup`, or `playwright install chromium`, or install "
    "Chrome, Edge or Chromium; or name one with WATCHWRIGHT_BROWSER_EXECUTABLE or WATCHWRIGHT_BROWSER_ENDPOINT."
)

# In the folder of one Playwright revision, by system; the names changed over the years.
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
    """A browser that debug sessions can open: exactly one of `executable` and `endpoint` is given."""

    executable: Path | None = None
    endpoint: str | None = None
    """``ws://`` of a Playwright server or ``http://`` of a CDP one."""
    source: str
    """Where it comes from, in words for `watchwright doctor`."""

    def __str__(self) -> str:
        # Who knows the path, the query or the password of an endpoint can use its browser.
        return f"{self.executable or place_of(self.endpoint or '')} ({self.source})"


def find_browsers(settings: Settings) -> list[BrowserChoice]:
    """The browser for debug sessions, or the remote ones of which each will do.

    Raises:
        BrowserMissing: There is none; the message says how to get one.
    """
    if settings.browser_executable is not None or settings.browser_endpoint is None:
        return [find_browser(settings)]
    return [_remote(endpoint) for endpoint in settings.browser_endpoint.split(",")]


def find_browser(settings: Settings, environment: Mapping[str, str] = os.environ) -> BrowserChoice:
    """The browser for debug sessions; the first one of several remote ones.

    What a setting names comes first, since whoever set it meant it; then Playwright's own Chromium;
    then an installed Chrome, Edge or Chromium.

    Raises:
        BrowserMissing: There is none; the message says how to get one.
    """
    if settings.browser_executable is not None:
        return _named(settings.browser_executable)
    if settings.browser_endpoint is not None:
        return _remote(settings.browser_endpoint.split(",")[0])
    for executable in _playwright_executables(environment):
        return BrowserChoice(executable=executable, source="installed by Playwright")
    for executable in _installed(environment):
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
    if not os.access(place, os.R_OK | os.X_OK):  # it may be another's home, where `runuser` was told no HOME
        return
    # The newest revision first; the whole browser before the headless shell, which lacks parts of it.
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
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 (Path.home raises where whoever this is has none)
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA", home)) / "ms-playwright"
    return Path(environment.get("XDG_CACHE_HOME", home / ".cache")) / "ms-playwright"


def _revision(folder: Path) -> int:
    digits = folder.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _installed(environment: Mapping[str, str]) -> Iterator[Path]:
    for name in NAMES_ON_PATH:
        if found := shutil.which(name, path=environment.get("PATH")):
            yield Path(found)
    for place in USUAL_PLACES.get(sys.platform, ()):
        try:
            path = Path(place.format(**environment))
        except KeyError:
            continue  # this Windows has no such folder
        if os.access(path, os.X_OK):
            yield path
