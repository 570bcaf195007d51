"""The environment variables that a local browser gets. Others may hold secrets, or a proxy past the address rules."""

import os

NAMES = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH"),
        *("FONTCONFIG_FILE", "FONTCONFIG_PATH", "CHROME_DEVEL_SANDBOX"),
        *("SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP"),  # Windows
    }
)
PREFIXES = ("LC_", "XDG_")
NAMES_OF_DRIVER = frozenset({"PLAYWRIGHT_BROWSERS_PATH", "NODE_EXTRA_CA_CERTS"})
"""Where Firefox and WebKit are, and the authorities that sign the certificates of remote browsers."""


def browser_environment() -> dict[str, str]:
    """Return our environment's variables that a browser needs: for its paths, language, time zone and fonts."""
    return {name: value for name, value in os.environ.items() if name in NAMES or name.startswith(PREFIXES)}


def driver_environment() -> dict[str, str]:
    """Return our environment's variables that Playwright's driver needs: a browser's, and a few of its own."""
    own = {name: os.environ[name] for name in NAMES_OF_DRIVER & os.environ.keys()}
    return browser_environment() | own
