"""Creates files and folders in the data folder that belong to the folder's owner, also where root creates them.

Root may run commands on the data folder of a service that has a user of its own.
"""

import os
from contextlib import suppress
from pathlib import Path


def path_exists(path: Path) -> bool:
    """Whether *path* exists and is visible; `Path.exists` raises if a parent folder may not be entered."""
    return os.path.exists(path)  # noqa: PTH110 (Path.exists raises before Python 3.14)


def create_file(path: Path) -> None:
    """Create *path* as an empty file with mode 600, unless it exists.

    Raises:
        OSError: The file cannot be created.
    """
    # An existing file is never given away: the folder's owner could have linked the path to a file of root's.
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            give_to_owner(descriptor, path.parent)
        finally:
            os.close(descriptor)


def create_folder(path: Path) -> None:
    """Create *path* as a folder with mode 700, and its parents, unless they exist.

    Raises:
        OSError: The folder cannot be created.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            give_to_owner(descriptor, path.parent)
        finally:
            os.close(descriptor)


def give_to_owner(descriptor: int, beside: Path) -> None:
    """Give the open file or folder, which we created, to the owner of *beside*; does nothing unless we are root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = beside.stat()
        with suppress(OSError):  # a container without this privilege, or a file system without owners
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
