"""Aborts all connections to a PostgreSQL server that does not answer, so that threads waiting for it can end."""

import logging
import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from sqlalchemy import Engine, event

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0  # between two probes of the server
PROBE_OPTIONS = {"connect_timeout": "2"}  # s; libpq's minimum, and a healthy server answers within milliseconds


class ConnectionAborter:
    """Aborts the connections of one engine when the process stops.

    Create it together with the engine, because it records each connection. A thread cannot be cancelled. A thread that
    waits for PostgreSQL may wait for ten seconds, or for ever if the server is frozen while its kernel still accepts
    data.
    """

    def __init__(self, engine: Engine) -> None:
        self._connections: WeakSet[Any] = WeakSet()
        self.has_aborted = False
        self._engine = engine
        if engine.dialect.name == "postgresql":
            event.listen(engine, "connect", self._record)
            event.listen(engine, "do_connect", self._refuse)

    def abort_if_unresponsive(self) -> None:
        """Start to probe the server on a daemon thread and abort once it does not answer; returns at once."""
        if self._engine.dialect.name == "postgresql":
            threading.Thread(target=self._probe, daemon=True, name="connection aborter").start()

    def _probe(self) -> None:
        while not self.has_aborted:
            try:
                _arguments, given = self._engine.dialect.create_connect_args(self._engine.url)
                self._engine.dialect.connect(**{**given, **PROBE_OPTIONS}).close()
            except self._engine.dialect.loaded_dbapi.Error as error:
                if "FATAL" not in str(error):  # a server sent FATAL, for instance because it has no free connection
                    logger.warning("PostgreSQL does not answer; stopping without it", extra={"reason": str(error)})
                    self.abort()
            time.sleep(POLL_SECONDS)

    def abort(self) -> None:
        """Make running queries fail as if the server had closed the connection, and refuse new connections."""
        self.has_aborted = True
        for connection in list(self._connections):
            shut_down(connection)

    def _record(self, connection: Any, _record: Any) -> None:
        self._connections.add(connection)

    def _refuse(self, dialect: Any, _record: Any, _args: Any, _given: Any) -> None:
        if self.has_aborted:
            raise dialect.loaded_dbapi.OperationalError("this process is about to end")


def shut_down(connection: Any) -> None:
    """Shut down the socket of a psycopg connection, so that a thread that waits on it gets an error."""
    if connection.closed:
        return
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as shared:
        shared.shutdown(socket.SHUT_RDWR)
