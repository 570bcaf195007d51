"""Room on the disk that is kept for when there is none: on a full one SQLite can not even delete."""

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

from core.owned_files import create_file

logger = logging.getLogger(__name__)

FILE = "ballast"
BYTES = 32 * 1024 * 1024  # hours of checks of 500 websites
LEAST_BYTES = 1024 * 1024  # SQLite opens no store without room for its log and that one's index
PLENTY = 4  # times as much must be free before room is taken


class Ballast:
    """A file of the data folder that is made while there is room, and given up when the disk is full."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    @property
    def is_there(self) -> bool:
        return self._file.exists()

    def make(self) -> bool:
        """Make it, if it is not there and there is plenty of room; returns whether it is there."""
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
            logger.warning("no room can be kept for a full disk", extra={"reason": str(error)})
            self.give_up()
            return False
        return True

    @property
    def is_used(self) -> bool:
        """Whether it was given up, by whomever, and the disk is still short of room."""
        return not self.is_there and self._free_bytes() < BYTES

    def make_room(self) -> bool:
        """Give it up where there is no room without it; returns whether it was."""
        return self._free_bytes() < LEAST_BYTES and self.give_up()

    def give_up(self) -> bool:
        """Free its room; returns whether there was any."""
        was_there = self.is_there
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        return was_there

    def _free_bytes(self) -> float:
        """How much room there is; endless where that cannot be told."""
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
