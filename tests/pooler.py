"""A pooler before a PostgreSQL database, like PgBouncer: it gives each transaction, or each session, a connection."""

import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from socket import AF_UNIX, MSG_WAITALL, socket
from socketserver import BaseRequestHandler, ThreadingUnixStreamServer
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Literal

from sqlalchemy import URL

PORT = 6432
PROTOCOL = 3 << 16  # https://www.postgresql.org/docs/current/protocol-message-formats.html, StartupMessage
OWN_KEY = b"K" + struct.pack("!III", 12, 1, 1)  # BackendKeyData: clients learn no process id of PostgreSQL's
QUERY, SYNC, TERMINATE, READY, KEY = b"Q", b"S", b"X", b"Z", b"K"
IDLE = b"I"  # the last byte of ReadyForQuery


@contextmanager
def pooling(behind: URL, mode: Literal["transaction", "session"]) -> Iterator[str]:
    """The address of a pooler in front of the database *behind*, which listens on a socket."""
    with TemporaryDirectory(prefix="wwpool-", dir="/tmp") as folder, ExitStack() as opened:
        pooler = opened.enter_context(_Pooler(f"{folder}/.s.PGSQL.{PORT}", _Session))
        if mode == "transaction":
            shared = opened.enter_context(_Connection(behind))
            pooler.connection = lambda: shared
        else:
            pooler.connection = lambda: opened.enter_context(_Connection(behind))
        serving = Thread(target=pooler.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield f"postgresql+psycopg://postgres@:{PORT}/{behind.database}?host={folder}"
        finally:
            pooler.shutdown()
            serving.join()


class _Connection(socket):
    """One to PostgreSQL; a transaction holds its lock."""

    def __init__(self, behind: URL) -> None:
        super().__init__(AF_UNIX)
        self.lock = Lock()
        self.connect(f"{behind.query['host']}/.s.PGSQL.5432")
        names = f"user\0postgres\0database\0{behind.database}\0\0".encode()
        self.sendall(struct.pack("!II", len(names) + 8, PROTOCOL) + names)
        self.greeting = b"".join(OWN_KEY if message[:1] == KEY else message for message in self.answer())

    def answer(self) -> Iterator[bytes]:
        """The messages until PostgreSQL is ready for the next query."""
        message = b""
        while message[:1] != READY:
            message = _message(self)
            yield message


class _Pooler(ThreadingUnixStreamServer):
    connection: Callable[[], _Connection]
    """Gives the connection of a new client."""


class _Session(BaseRequestHandler):
    server: _Pooler
    request: socket

    def handle(self) -> None:
        connection = self.server.connection()
        size, _protocol = struct.unpack("!II", self.request.recv(8, MSG_WAITALL))
        self.request.recv(size - 8, MSG_WAITALL)
        self.request.sendall(connection.greeting)
        with suppress(EOFError):
            while (message := _message(self.request))[:1] != TERMINATE:
                with connection.lock:
                    self._run_transaction(connection, message)

    def _run_transaction(self, connection: _Connection, message: bytes) -> None:
        """Pass *message* and the ones after it on, until the transaction has ended."""
        while True:
            connection.sendall(message)
            if message[:1] in (QUERY, SYNC):
                answer = b"".join(connection.answer())
                self.request.sendall(answer)
                if answer.endswith(IDLE):
                    return
            message = _message(self.request)


def _message(sender: socket) -> bytes:
    """The next message.

    Raises:
        EOFError: There is none.
    """
    if not (head := sender.recv(5, MSG_WAITALL)):
        raise EOFError
    (size,) = struct.unpack("!I", head[1:])
    return head + sender.recv(size - 4, MSG_WAITALL)
