"""What is made in the data folder belongs to whom the folder belongs: root may work there for a service's user."""

import os
from contextlib import suppress
from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether *path* can be seen to be there: `Path.exists` raises where a folder on the way may not be entered."""
    return os.path.exists(path)  # noqa: PTH110 (Path.exists of Python before 3.14, see above)


def make_file(path: Path) -> None:
    """Make *path* as an empty file with mode 600, unless it is there.

    Raises:
        OSError: It cannot be made.
    """
    # Of what is there, whoever owns the folder could have made a link to a file of root's: that is never given away.
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            leave(descriptor, path.parent)
        finally:
            os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make *path* as a folder with mode 700, unless it is there, and what it is in.

    Raises:
        OSError: It cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            leave(descriptor, path.parent)
        finally:
            os.close(descriptor)


def leave(descriptor: int, beside: Path) -> None:
    """Where we are root, give what *descriptor* has open, and we have made, to the owner of *beside*."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = beside.stat()
        with suppress(OSError):  # a container without the right to, or a file system that knows no owners
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
