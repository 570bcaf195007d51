"""The message bus of a PostgreSQL store: one connection listens, one notifies, and both reconnect."""

import asyncio
import logging
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from weakref import WeakSet

import psycopg
from sqlalchemy import URL

from core.background import Background
from core.connection_aborter import shut_down
from core.services.fleet_state import APPLICATION_PREFIX
from core.store_engine import libpq_options
from core.workers.message_bus import Deliver

logger = logging.getLogger(__name__)

CHANNEL = "watchwright"
RETRY_SECONDS = 2.0
STAY = "SET idle_session_timeout = 0"  # a listening connection is idle, and some databases close idle sessions
NOTICE_SECONDS = 0.1  # for tasks to notice that their connection was broken off
MAX_WAITING = 1_000  # messages while PostgreSQL is unavailable


class PostgresBus:
    """Sends and receives with NOTIFY and LISTEN. It also receives its own messages, which the receiver must skip."""

    def __init__(self, url: URL, role: str) -> None:
        """*role* is what this process does. Others read it from the connection's application name."""
        self._options = libpq_options(url)
        self._name = f"{APPLICATION_PREFIX}{version('watchwright')} {role}"
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(MAX_WAITING)
        self._is_listening = False
        self._unsent: bytes | None = None
        self._connections: WeakSet[psycopg.AsyncConnection[tuple[object, ...]]] = WeakSet()
        self._background = Background()

    @property
    def is_open(self) -> bool:
        return self._is_listening

    async def start(self, deliver: Deliver) -> None:
        """Start; returns once it listens, or after `RETRY_SECONDS` if PostgreSQL is unavailable."""
        listens = asyncio.Event()
        self._background.keep_running(partial(self._listen, deliver, listens), "bus: listens")
        self._background.keep_running(self._notify, "bus: notifies")
        with suppress(TimeoutError):
            await asyncio.wait_for(listens.wait(), RETRY_SECONDS)

    def send(self, message: bytes) -> None:
        with suppress(asyncio.QueueFull):
            self._waiting.put_nowait(message)

    async def stop(self) -> None:
        try:
            await asyncio.wait_for(self._waiting.join(), 1)
        except TimeoutError:
            # PostgreSQL does not answer. If cancelled, psycopg would send it two more requests, for 5 s each.
            for connection in self._connections:
                shut_down(connection)
            await asyncio.sleep(NOTICE_SECONDS)
        await self._background.stop()

    async def _listen(self, deliver: Deliver, listens: asyncio.Event) -> None:
        while True:
            try:
                async with await self._connected(application_name=self._name) as connection:
                    await connection.execute(STAY)
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._is_listening = True
                    listens.set()
                    async for notification in connection.notifies():
                        deliver(notification.payload.encode())
            except (psycopg.Error, OSError) as error:
                logger.warning("cannot listen to PostgreSQL; retrying", extra={"reason": str(error)})
            self._is_listening = False
            await asyncio.sleep(RETRY_SECONDS)

    async def _notify(self) -> None:
        while True:
            try:
                async with await self._connected() as connection:
                    await connection.execute(STAY)
                    await self._notify_all(connection)
            except (psycopg.Error, OSError) as error:
                logger.warning("cannot notify PostgreSQL; retrying", extra={"reason": str(error)})
            await asyncio.sleep(RETRY_SECONDS)

    async def _connected(self, **options: str) -> "psycopg.AsyncConnection[tuple[object, ...]]":
        connection = await psycopg.AsyncConnection.connect(autocommit=True, **(self._options | options))
        self._connections.add(connection)
        return connection

    async def _notify_all(self, connection: "psycopg.AsyncConnection[tuple[object, ...]]") -> None:
        while True:
            if self._unsent is None:
                self._unsent = await self._waiting.get()
            try:
                await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, self._unsent.decode()))
            except psycopg.Error:
                if not connection.broken:  # on a broken connection, the next one sends it again
                    self._has_gone()
                raise
            self._has_gone()

    def _has_gone(self) -> None:
        self._unsent = None
        self._waiting.task_done()
