"""Checks that the store does not take just now, in a file of the data folder until it does."""

import logging
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.monitoring.judged_result import JudgedResult
from core.owned_files import create_file, path_exists
from core.workers.own_folder import folders

logger = logging.getLogger(__name__)

FILE = "held-checks.jsonl"
LIMIT_BYTES = 512 * 1024 * 1024  # some 600,000 checks: 500 a second for 20 minutes
TAKEN_AT_ONCE = 1_000  # results that are moved from one file to another: some 1 MB

LEFT_OUT: Any = {"result": {"headers", "body"}}  # secret, and of no use once there is a verdict

_results = TypeAdapter(JudgedResult)


def files(data_folder: Path) -> list[Path]:
    """Those in which processes with this data folder hold checks just now, or left some."""
    return [file for folder in folders(data_folder) if path_exists(file := folder / FILE)]


class Spool:
    """Results, a line each, first in first out; may be used by several threads.

    A result is in the file until it is said to be stored, so that one that was stored just before we were killed is
    read again: whoever stores what comes from here leaves out what is stored already.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = threading.Lock()
        self._stored_bytes = 0
        """How much of the file is stored."""
        self._read_bytes = 0
        self._end = self._file.stat().st_size if path_exists(self._file) else 0

    @property
    def is_empty(self) -> bool:
        return self._stored_bytes >= self._end

    def add(self, results: Sequence[JudgedResult]) -> None:
        """Keep *results*; they are on the disk when this returns.

        Raises:
            OSError: There is no room for them, or the folder was moved away, in whose place there must be no other one
                when it comes back: none is kept.
        """
        with self._lock:
            lines = b"".join(_results.dump_json(judged, exclude=LEFT_OUT) + b"\n" for judged in results)
            if self._end + len(lines) > LIMIT_BYTES:
                raise OSError(f"{self._file} is as large as it may be: {LIMIT_BYTES} bytes")
            create_file(self._file)
            descriptor = os.open(self._file, os.O_RDWR)
            try:
                self._append(descriptor, lines)
            finally:
                os.close(descriptor)

    def oldest(self, count: int) -> list[JudgedResult]:
        """The first *count* results, or those there are; lines that were torn by a crash are passed over.

        Raises:
            OSError: They cannot be read, as where the folder was moved away.
        """
        with self._lock:
            if not self._file.exists() and self._file.parent.exists():
                self._stored_bytes = self._read_bytes = self._end = 0  # somebody has removed it
            if self.is_empty:
                return []
            found: list[JudgedResult] = []
            with self._file.open("rb") as source:
                source.seek(self._stored_bytes)
                while len(found) < count and (line := source.readline()):
                    try:
                        found.append(_results.validate_json(line))
                    except ValidationError:
                        logger.warning("a line of held checks is torn and is left out", extra={"bytes": len(line)})
                self._read_bytes = source.tell()
            if len(found) < count:
                self._end = self._read_bytes  # here it ends, also where somebody has cut it
            return found

    def forget_oldest(self) -> None:
        """What `oldest` returned last is stored; the file goes with the last of it."""
        with self._lock:
            self._stored_bytes = self._read_bytes
            if self.is_empty:
                self._file.unlink(missing_ok=True)
                self._stored_bytes = self._read_bytes = self._end = 0

    def take_over(self, folders: Iterable[Path]) -> None:
        """Move what is held in *folders* into this file; killed meanwhile it leaves some in both.

        Raises:
            OSError: There is no room for it, or it cannot be read: what is left stays there.
        """
        for folder in folders:
            left = Spool(folder)
            while not left.is_empty:
                self.add(left.oldest(TAKEN_AT_ONCE))
                left.forget_oldest()

    def _append(self, descriptor: int, lines: bytes) -> None:
        end = os.fstat(descriptor).st_size
        self._stored_bytes = min(self._stored_bytes, end)  # somebody may have cut or removed the one that was there
        if end and os.pread(descriptor, 1, end - 1) != b"\n":
            lines = b"\n" + lines  # a torn last line must not take the next one with it
        try:
            written = 0
            while written < len(lines):
                written += os.pwrite(descriptor, lines[written:], end + written)
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, end)
            raise
        self._end = end + len(lines)
