"""Chooses the message bus for a store: Unix datagrams for a SQLite file, LISTEN/NOTIFY on PostgreSQL."""

from sqlalchemy import Engine

from core import database
from core.workers.message_bus import Deliver, MessageBus
from core.workers.socket_bus import SocketBus


class NoBus:
    """The bus of a store in memory, which no other process can use."""

    is_open = False

    async def start(self, deliver: Deliver) -> None:
        pass

    def send(self, message: bytes) -> None:
        pass

    async def stop(self) -> None:
        pass


def bus_of(engine: Engine, role: str) -> MessageBus:
    """Return the bus of the store behind *engine*, for a process with *role*, see `core.services.fleet_state`."""
    if engine.dialect.name == "postgresql":
        from core.workers.postgres_bus import PostgresBus  # imports a driver that SQLite does not need

        return PostgresBus(engine.url, role)
    file = database.store_file(engine.url)
    if file is None:
        return NoBus()
    return SocketBus(file.with_name(f"{file.name}.sockets"))
