"""Profiles that nobody uses are removed."""

import os
import time
from pathlib import Path

from core.debugging.browsers.browser_profile import LOCKED_AFTER_SECONDS, PROFILE_PREFIX, sweep_profiles


def test_only_unused_profiles_are_removed(tmp_path: Path) -> None:
    names = ("being-started", "running", "left-behind")
    being_started, running, left_behind = (tmp_path / f"{PROFILE_PREFIX}{name}" for name in names)
    for profile in (being_started, running, left_behind):
        profile.mkdir()
    (running / "SingletonLock").symlink_to(f"this-machine-{os.getpid()}")
    (left_behind / "SingletonLock").symlink_to("this-machine-4999999")
    long_ago = time.time() - LOCKED_AFTER_SECONDS - 1
    for profile in (running, left_behind):
        os.utime(profile, (long_ago, long_ago))

    sweep_profiles(tmp_path)

    assert sorted(path.name.removeprefix(PROFILE_PREFIX) for path in tmp_path.iterdir()) == ["being-started", "running"]
