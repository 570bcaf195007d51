"""Spools checks to a file in the data folder while the store does not accept them."""

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
LIMIT_BYTES = 512 * 1024 * 1024  # some 600,000 checks, which is 500 per second for 20 minutes
TAKEN_AT_ONCE = 1_000  # results moved at once from one spool to another: some 1 MB

LEFT_OUT: Any = {"result": {"headers", "body"}}  # may hold secrets, and are not needed after the verdict

_results = TypeAdapter(JudgedResult)


def files(data_folder: Path) -> list[Path]:
    """Return the existing spool files of all processes that use this data folder."""
    return [file for folder in folders(data_folder) if path_exists(file := folder / FILE)]


class Spool:
    """A first-in first-out file of results, one per line. Thread-safe.

    A result stays in the file until `forget_oldest`. After a crash, a stored result may therefore be read again, so the
    caller must skip results that are stored already.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = threading.Lock()
        self._stored_bytes = 0
        """The size of the part of the file whose results are stored."""
        self._read_bytes = 0
        self._end = self._file.stat().st_size if path_exists(self._file) else 0

    @property
    def is_empty(self) -> bool:
        return self._stored_bytes >= self._end

    def add(self, results: Sequence[JudgedResult]) -> None:
        """Append *results*; they are synced to disk when this returns.

        Raises:
            OSError: The disk or the spool is full, or the folder was moved away. It is not created again, so that it
                can be moved back. Nothing is kept.
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
        """Return up to *count* of the oldest results. Incomplete lines, after a crash, are skipped.

        Raises:
            OSError: The file cannot be read, for example because the folder was moved away.
        """
        with self._lock:
            if not self._file.exists() and self._file.parent.exists():
                self._stored_bytes = self._read_bytes = self._end = 0  # a person has deleted the file
            if self.is_empty:
                return []
            found: list[JudgedResult] = []
            with self._file.open("rb") as source:
                source.seek(self._stored_bytes)
                while len(found) < count and (line := source.readline()):
                    try:
                        found.append(_results.validate_json(line))
                    except ValidationError:
                        logger.warning("an incomplete line of the spool is skipped", extra={"bytes": len(line)})
                self._read_bytes = source.tell()
            if len(found) < count:
                self._end = self._read_bytes  # the actual end, even if a person has truncated the file
            return found

    def forget_oldest(self) -> None:
        """Drop the results that `oldest` returned last; the file is deleted with the last result."""
        with self._lock:
            self._stored_bytes = self._read_bytes
            if self.is_empty:
                self._file.unlink(missing_ok=True)
                self._stored_bytes = self._read_bytes = self._end = 0

    def take_over(self, folders: Iterable[Path]) -> None:
        """Move the spools of *folders* into this one. A crash meanwhile may leave some results in both.

        Raises:
            OSError: The spool is full, or a file cannot be read. The rest stays where it is.
        """
        for folder in folders:
            left = Spool(folder)
            while not left.is_empty:
                self.add(left.oldest(TAKEN_AT_ONCE))
                left.forget_oldest()

    def _append(self, descriptor: int, lines: bytes) -> None:
        end = os.fstat(descriptor).st_size
        self._stored_bytes = min(self._stored_bytes, end)  # a person may have truncated or deleted the file
        if end and os.pread(descriptor, 1, end - 1) != b"\n":
            lines = b"\n" + lines  # an incomplete last line must not merge with the next one
        try:
            written = 0
            while written < len(lines):
                written += os.pwrite(descriptor, lines[written:], end + written)
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, end)
            raise
        self._end = end + len(lines)
