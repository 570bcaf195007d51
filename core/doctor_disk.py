"""Judges the disk of the data folder."""

import shutil
from pathlib import Path

from core.doctor_fleet import Diagnosis
from core.owned_files import path_exists

MIN_FREE_BYTES = 500 * 1024 * 1024  # a month of checks of a hundred websites, and room for debug sessions


def diagnose_disk(data_dir: Path) -> Diagnosis:
    """Say how much space is free for *data_dir*, which need not exist yet."""
    try:
        free = shutil.disk_usage(_existing(data_dir)).free
    except OSError as error:
        words = f"the free space for {data_dir} is unknown: {error.strerror}; check that its disk is mounted"
        return Diagnosis(name="Disk", is_ok=False, words=words)
    words = f"{free / 1024**3:.1f} GB free for {data_dir}"
    is_ok = free >= MIN_FREE_BYTES
    return Diagnosis(name="Disk", is_ok=is_ok, words=words if is_ok else f"{words}; free at least 0.5 GB")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if path_exists(place))
