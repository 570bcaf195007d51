"""Ends all talk with a PostgreSQL that does not answer, so that whoever waits for it on a thread can end."""

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

LOOK_SECONDS = 1.0  # between two questions
ASKED = {"connect_timeout": "2"}  # s; libpq takes no less, and what is well answers in milliseconds


class HangingUp:
    """Of one engine that is used no more; made with it, as it notes each connection.

    No thread can be cancelled, and one that waits for PostgreSQL may wait for ten seconds, or for ever where the
    server is frozen and its kernel still takes what is sent.
    """

    def __init__(self, engine: Engine) -> None:
        self._connections: WeakSet[Any] = WeakSet()
        self.is_over = False
        self._engine = engine
        if engine.dialect.name == "postgresql":
            event.listen(engine, "connect", self._note)
            event.listen(engine, "do_connect", self._refuse)

    def unless_it_answers(self) -> None:
        """Look from now on, on a thread that ends with the process, whether it does; returns at once."""
        if self._engine.dialect.name == "postgresql":
            threading.Thread(target=self._look, daemon=True, name="hanging up").start()

    def _look(self) -> None:
        while not self.is_over:
            try:
                _arguments, given = self._engine.dialect.create_connect_args(self._engine.url)
                self._engine.dialect.connect(**{**given, **ASKED}).close()
            except self._engine.dialect.loaded_dbapi.Error as error:
                if "FATAL" not in str(error):  # which only a server says, if one that has no connection left
                    logger.warning("PostgreSQL does not answer; ending without it", extra={"reason": str(error)})
                    self.now()
            time.sleep(LOOK_SECONDS)

    def now(self) -> None:
        """Break off what is asked, which fails as if the server had closed it, and refuse what would be."""
        self.is_over = True
        for connection in list(self._connections):
            break_off(connection)

    def _note(self, connection: Any, _record: Any) -> None:
        self._connections.add(connection)

    def _refuse(self, dialect: Any, _record: Any, _args: Any, _given: Any) -> None:
        if self.is_over:
            raise dialect.loaded_dbapi.OperationalError("this process is about to end")


def break_off(connection: Any) -> None:
    """Have whoever waits on this connection of psycopg's go on, with an error."""
    if connection.closed:
        return
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as shared:
        shared.shutdown(socket.SHUT_RDWR)
