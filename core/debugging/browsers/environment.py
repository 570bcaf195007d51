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


def browser_environment() -> dict[str, str]:
    """Return our environment's variables that a browser needs: for its paths, language, time zone and fonts."""
    return {name: value for name, value in os.environ.items() if name in NAMES or name.startswith(PREFIXES)}
