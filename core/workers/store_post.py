"""The post that fits a store: unix datagrams beside a SQLite file, LISTEN/NOTIFY on PostgreSQL."""

from sqlalchemy import Engine

from core import database
from core.workers.post import Deliver, Post
from core.workers.socket_post import SocketPost


class NoPost:
    """Of a store in memory: there is no other process."""

    is_open = False

    async def start(self, deliver: Deliver) -> None:
        pass

    def send(self, message: bytes) -> None:
        pass

    async def stop(self) -> None:
        pass


def post_of(engine: Engine, role: str) -> Post:
    """The post of the store behind *engine*, for a process of that *role*, see `core.services.fleet_state`."""
    if engine.dialect.name == "postgresql":
        from core.workers.postgres_post import PostgresPost  # with a driver that a SQLite store has no use for

        return PostgresPost(engine.url, role)
    file = database.store_file(engine.url)
    if file is None:
        return NoPost()
    return SocketPost(file.with_name(f"{file.name}.sockets"))
