"""Reserves disk space that can be freed when the disk is full, because SQLite cannot even delete on a full disk."""

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

from core.owned_files import create_file

logger = logging.getLogger(__name__)

FILE = "ballast"
BYTES = 32 * 1024 * 1024  # holds hours of checks of 500 websites
MIN_BYTES = 1024 * 1024  # SQLite opens a store only with room for its log and the log's index
PLENTY = 4  # the reserve is created only if this many times its size is free


class DiskReserve:
    """A file in the data folder that is created while there is room, and deleted when the disk is full."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    @property
    def is_there(self) -> bool:
        return self._file.exists()

    def make(self) -> bool:
        """Create the file if it is missing and there is plenty of room; returns whether it exists."""
        if self.is_there:
            return True
        try:
            if shutil.disk_usage(self._file.parent).free < PLENTY * BYTES:
                return False
            create_file(self._file)
            descriptor = os.open(self._file, os.O_WRONLY)
            try:
                self._fill(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            logger.warning("the disk reserve cannot be created", extra={"reason": str(error)})
            self.free()
            return False
        return True

    @property
    def is_used(self) -> bool:
        """Whether the file was deleted and the disk is still short of room."""
        return not self.is_there and self._free_bytes() < BYTES

    def make_room(self) -> bool:
        """Delete the file if the disk has no room left; returns whether it was deleted."""
        return self._free_bytes() < MIN_BYTES and self.free()

    def free(self) -> bool:
        """Delete the file; returns whether it existed."""
        was_there = self.is_there
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        return was_there

    def _free_bytes(self) -> float:
        """Return the free bytes on the disk; infinity if the system does not tell."""
        try:
            return shutil.disk_usage(self._file.parent).free
        except OSError:
            return float("inf")

    def _fill(self, descriptor: int) -> None:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, BYTES)
            return
        block = bytes(1024 * 1024)
        for _ in range(BYTES // len(block)):
            os.write(descriptor, block)
