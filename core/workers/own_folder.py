"""A folder that is one process's alone while it lives: several that share a data folder hold each what it found."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from core.owned_files import create_file, create_folder

logger = logging.getLogger(__name__)

LOCK = "held.lock"


class OwnFolder:
    """The data folder itself, or ``held-2``, ``held-3``, … in it: the first that no other process has.

    A lock makes it ours, which the system frees when we die: whoever comes next finds there what we left.
    """

    def __init__(self, data_folder: Path) -> None:
        self._data_folder = data_folder
        for number in count(1):
            self.path = data_folder if number == 1 else data_folder / f"held-{number}"
            with suppress(OSError):
                create_folder(self.path)
            if (lock := _locked(self.path)) is not None:
                self._lock: int | None = lock
                break

    def left(self) -> Iterator[Path]:
        """The folders whose processes are gone; each is ours until the next one is asked for."""
        for path in folders(self._data_folder):
            lock = None if path == self.path else _locked(path)
            if lock is not None:
                try:
                    yield path
                finally:
                    os.close(lock)

    def close(self) -> None:
        """Let another process have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def folders(data_folder: Path) -> list[Path]:
    """All that processes with this data folder have, or had."""
    may_look = os.access(data_folder, os.R_OK | os.X_OK)
    return [data_folder, *(sorted(data_folder.glob("held-[0-9]*")) if may_look else ())]


def is_nobodys(folder: Path) -> bool:
    """Whether no process has *folder* for what it holds."""
    lock = _locked(folder)
    if lock is not None:
        os.close(lock)
    return lock is not None


def _locked(folder: Path) -> int | None:
    """A descriptor that holds the lock of *folder*; None while another process has it.

    Where there is no folder, or its file system takes no locks, it is ours: nothing is better than two that share.
    """
    try:
        create_file(folder / LOCK)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError as error:
        logger.warning("the data folder takes no locks", extra={"reason": str(error)})
    return descriptor
