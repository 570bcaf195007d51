"""Gives each process a folder of its own within a shared data folder, for its spool."""

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
    """The data folder itself, or the first of ``held-2``, ``held-3``, … in it that no other process has locked.

    The system releases the lock when the process dies, so that another process can take over its files.
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
        """Yield the folders of dead processes. Each is locked until the next one is requested."""
        for path in folders(self._data_folder):
            lock = None if path == self.path else _locked(path)
            if lock is not None:
                try:
                    yield path
                finally:
                    os.close(lock)

    def close(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def folders(data_folder: Path) -> list[Path]:
    """Return all folders that processes with this data folder use or used."""
    may_look = os.access(data_folder, os.R_OK | os.X_OK)
    return [data_folder, *(sorted(data_folder.glob("held-[0-9]*")) if may_look else ())]


def is_nobodys(folder: Path) -> bool:
    """Return whether no process has locked *folder*."""
    lock = _locked(folder)
    if lock is not None:
        os.close(lock)
    return lock is not None


def _locked(folder: Path) -> int | None:
    """Lock *folder* and return the lock's descriptor; None while another process holds it.

    If the folder is missing or its file system has no locks, the lock counts as held, so that the monitor can run.
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
        logger.warning("the data folder does not support locks", extra={"reason": str(error)})
    return descriptor
