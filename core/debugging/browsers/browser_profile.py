"""Makes the temporary profiles of browsers, and removes those that a killed process left."""

import os
import shutil
import tempfile
from pathlib import Path

from core.clock import utc_now

PROFILE_PREFIX = "watchwright-browser-"
LOCKED_AFTER_SECONDS = 60.0  # a profile this new counts as in use even without Chromium's lock
NO_SIGN_IN = '{"auth": {"schemes": ""}}'  # chrome/common/pref_names.h, kAuthSchemes; there is no flag for it
# components/content_settings/core/browser/cookie_settings.h, CookieControlsMode: off, as for visitors. Otherwise our
# contexts, which are incognito, reject cookies in cross-site frames, and sign-ins and payments there fail.
COOKIES_OF_FRAMES = '{"profile": {"cookie_controls_mode": 0}}'


def new_profile(signs_in: bool) -> Path:
    """Make the folder of a browser's profile; *signs_in* says whether the browser supports HTTP authentication."""
    profile = Path(tempfile.mkdtemp(prefix=PROFILE_PREFIX))
    preferences = profile / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(COOKIES_OF_FRAMES)
    if not signs_in:
        (profile / "Local State").write_text(NO_SIGN_IN)
    return profile


def sweep_profiles(folder: Path | None = None) -> None:
    """Remove unused profiles that browsers left in *folder* (default: the system's temporary folder).

    A profile is in use if the process that Chromium's lock names is running, or if the profile is newer than
    `LOCKED_AFTER_SECONDS`: another process may be starting a browser with it.
    """
    for profile in (folder or Path(tempfile.gettempdir())).glob(f"{PROFILE_PREFIX}*"):
        if not _is_in_use(profile):
            shutil.rmtree(profile, ignore_errors=True)


def _is_in_use(profile: Path) -> bool:
    try:
        if utc_now().timestamp() - profile.stat().st_mtime < LOCKED_AFTER_SECONDS:
            return True
        process_id = int(str((profile / "SingletonLock").readlink()).rpartition("-")[2])
        os.kill(process_id, 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True
