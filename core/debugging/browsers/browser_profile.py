"""Makes the temporary folders of browsers, and removes those that a killed process left."""

import os
import shutil
import tempfile
from pathlib import Path

from core.clock import utc_now

FOLDER_PREFIX = "watchwright-browser-"
IN_USE_SECONDS = 60.0  # a folder this new counts as in use: its keeper may not have locked it yet
NO_SIGN_IN = '{"auth": {"schemes": ""}}'  # chrome/common/pref_names.h, kAuthSchemes; there is no flag for it
# components/content_settings/core/browser/cookie_settings.h, CookieControlsMode: off, as for visitors. Otherwise our
# contexts, which are incognito, reject cookies in cross-site frames, and sign-ins and payments there fail.
COOKIES_OF_FRAMES = '{"profile": {"cookie_controls_mode": 0}}'


def new_folder() -> Path:
    """Make a temporary folder for a `browser_keeper`, which deletes it; first removes those that nobody uses."""
    sweep_folders()
    return Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))


def new_profile(signs_in: bool) -> Path:
    """Make the folder of a browser's profile; *signs_in* says whether the browser supports HTTP authentication."""
    profile = new_folder()
    preferences = profile / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(COOKIES_OF_FRAMES)
    if not signs_in:
        (profile / "Local State").write_text(NO_SIGN_IN)
    return profile


def sweep_folders(place: Path | None = None) -> None:
    """Remove the unused folders of browsers in *place* (default: the system's temporary folder).

    A folder is in use if its keeper holds a lock on it, or if it is newer than `IN_USE_SECONDS`.
    """
    for folder in (place or Path(tempfile.gettempdir())).glob(f"{FOLDER_PREFIX}*"):
        if not _is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(folder: Path) -> bool:
    import fcntl  # not available on Windows, where no browser has a keeper

    try:
        if utc_now().timestamp() - folder.stat().st_mtime < IN_USE_SECONDS:
            return True
        lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    except OSError:  # it is gone, or another user's
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
