"""Tests as somebody who may do less than root."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def nobody(entering: Path) -> Iterator[None]:
    """Where we are root, for whom no mode counts, be `nobody` in the block, who may enter *entering*."""
    if os.geteuid() != 0:
        yield
        return
    for folder in (entering, *entering.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    os.setresgid(NOBODY, NOBODY, 0)  # the real one too, by which `os.access` goes
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
