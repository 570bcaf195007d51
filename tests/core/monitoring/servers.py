"""Servers that misbehave on purpose, on loopback, each in one way: a script of bytes for every connection."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.sites.serving import listen, port_of

Script = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
NEVER = threading.Event()


@dataclass
class RawServer:
    """Runs a script for each connection; counts them."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def https_url(self) -> str:
        return f"https://localhost:{self.port}/"


@contextmanager
def raw_server(script: Script, *, tls: ssl.SSLContext | None = None, speaks_first: bool = False) -> Iterator[RawServer]:
    """A server that takes each connection, reads one request unless it *speaks_first*, and lets *script* answer."""
    listener = listen()
    server = RawServer(port_of(listener))
    ended = threading.Event()

    def attend(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            secured = tls.wrap_socket(connection, server_side=True) if tls else connection
            with secured:
                if not speaks_first:
                    server.requests.append(secured.recv(65_536))
                script(secured)

    def serve() -> None:
        with suppress(OSError):
            while not ended.is_set():
                connection, _address = listener.accept()
                server.connections += 1
                threading.Thread(target=attend, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server
    finally:
        ended.set()
        listener.close()


def answer(raw: bytes) -> Script:
    """Send *raw* and close."""
    return lambda connection: connection.sendall(raw)


def redirect(location: str) -> Script:
    """Answer 302 to *location*."""
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return answer(head.encode())


def reset(connection: socket.socket) -> None:
    """Send RST: the connection breaks, it does not end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def reset_in_body(connection: socket.socket) -> None:
    """Promise more than is sent, then break off."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npartial")
    reset(connection)


def hang(_connection: socket.socket) -> None:
    """Never answer."""
    NEVER.wait(30)


def drip(connection: socket.socket) -> None:
    """A byte every tenth of a second, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b".")
        NEVER.wait(0.1)


def flood_headers(connection: socket.socket) -> None:
    """Headers without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Flood: " + b"x" * 8_000 + b"\r\n")


def flood_interim_answers(connection: socket.socket) -> None:
    """Interim answers without end."""
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


def flood_body(connection: socket.socket) -> None:
    """A body without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def wait_then_answer(seconds: float) -> Script:
    """Answer after *seconds*."""

    def script(connection: socket.socket) -> None:
        NEVER.wait(seconds)
        connection.sendall(OK)

    return script
