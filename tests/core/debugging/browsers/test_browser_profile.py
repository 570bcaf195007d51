"""Folders that nobody uses are removed."""

import fcntl
import os
import time
from pathlib import Path

from core.debugging.browsers.browser_profile import FOLDER_PREFIX, IN_USE_SECONDS, sweep_folders


def test_only_unused_folders_are_removed(tmp_path: Path) -> None:
    names = ("being-started", "running", "left-behind")
    being_started, running, left_behind = (tmp_path / f"{FOLDER_PREFIX}{name}" for name in names)
    for folder in (being_started, running, left_behind):
        folder.mkdir()
    (left_behind / "SingletonLock").symlink_to(f"this-machine-{os.getpid()}")  # its browser's number is another's now
    long_ago = time.time() - IN_USE_SECONDS - 1
    for folder in (running, left_behind):
        os.utime(folder, (long_ago, long_ago))
    lock = os.open(running, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # as its keeper does

    try:
        sweep_folders(tmp_path)
    finally:
        os.close(lock)

    assert sorted(path.name.removeprefix(FOLDER_PREFIX) for path in tmp_path.iterdir()) == ["being-started", "running"]
