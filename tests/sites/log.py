"""What a site under test was asked for, as it saw it itself."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class LogEntry:
    """One request that arrived, whatever became of it."""

    origin: str
    """main, other or secure."""
    method: str
    target: str
    """Path and query as they came."""
    headers: list[tuple[str, str]]
    body: bytes
    status: int | None = None
    """What was answered; None while it is under way, and for ever where the connection was cut instead."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The first value of *name*, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class AccessLog:
    """Entries in the order in which they arrived; written by the server's thread, read by the test's."""

    _entries: list[LogEntry] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, entry: LogEntry) -> None:
        with self._changed:
            self._entries.append(entry)
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget what has arrived."""
        with self._changed:
            self._entries.clear()

    def __iter__(self) -> Iterator[LogEntry]:
        with self._changed:
            return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, path: str) -> list[LogEntry]:
        """The entries for *path*, whatever their query."""
        return [entry for entry in self if entry.path == path]

    def wait_for(self, path: str, count: int = 1, timeout_seconds: float = 10.0) -> list[LogEntry]:
        """Wait until *path* was asked for *count* times; returns those entries.

        Raises:
            TimeoutError: It was not.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._of(path)) >= count, timeout_seconds):
                raise TimeoutError(f"{path} was asked for {len(self._of(path))} times and not {count}")
            return self._of(path)

    def _of(self, path: str) -> list[LogEntry]:
        return [entry for entry in self._entries if entry.path == path]
