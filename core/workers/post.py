"""How processes on one store reach each other: unix datagrams beside a SQLite file, LISTEN/NOTIFY on PostgreSQL."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Engine

Deliver = Callable[[bytes], None]
"""Given each message of another process, on the event loop."""


class Post(Protocol):
    """Takes messages to the other processes on the store; one that gets lost costs its receiver a moment."""

    @property
    def is_open(self) -> bool:
        """Whether others can be reached."""
        ...

    async def start(self, deliver: Deliver) -> None: ...

    def send(self, message: bytes) -> None:
        """Send to all others; on the event loop, returns at once."""
        ...

    async def stop(self) -> None:
        """Send what is still waiting, and end."""
        ...


class NoPost:
    """Of a store in memory: there is no other process."""

    is_open = False

    async def start(self, deliver: Deliver) -> None:
        pass

    def send(self, message: bytes) -> None:
        pass

    async def stop(self) -> None:
        pass


def post_of(engine: Engine) -> Post:
    """The post of the store behind *engine*."""
    if engine.dialect.name == "postgresql":
        from core.workers.postgres_post import PostgresPost

        return PostgresPost(engine.url)
    file = store_file(engine.url)
    if file is None:
        return NoPost()
    from core.workers.socket_post import SocketPost

    return SocketPost(file.with_name(f"{file.name}.sockets"))


def store_file(url: URL) -> Path | None:
    """The file of a SQLite store; None of one in memory."""
    return Path(url.database) if url.database and url.database != ":memory:" else None
