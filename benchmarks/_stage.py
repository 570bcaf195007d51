"""A website on loopback whose responses can be replaced and broken, for `benchmarks.diagnosis`."""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha1
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.clock import utc_now

TLS_RECORD = b"\x16"
PHRASES = {200: "OK", 301: "Moved", 302: "Found", 404: "Not Found", 500: "Internal Server Error", 502: "Bad Gateway"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response, and how it is delayed or aborted."""

    status: int = 200
    body: str = ""
    kind: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_seconds: float = 0.0
    """Delay before the first byte."""
    drip_seconds: float = 0.0
    """Delay between the two halves of the body."""
    is_cut: bool = False
    """Whether to close the connection before the response."""
    is_cut_within: bool = False
    """Whether to close the connection in the middle of the body."""
    socket_seconds: float | None = None
    """If set, accept a WebSocket, and close its connection without a close frame after this time."""
    raw: bytes | None = None
    """If set, send these bytes instead of an HTTP response."""


class Stage:
    """Serves `replies` by path, or by method and path, else 404. ``{n}`` in a reply becomes the request's number."""

    def __init__(self, *, server: str = "demo/1.0") -> None:
        self.replies: dict[str, Reply] = {}
        self.port = 0
        self._asked = 0
        self._server_name = server
        self._listening: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, tls: ssl.SSLContext | None = None, *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen on *port*, or on a free port if it is 0."""
        self._listening = await asyncio.start_server(self._attend, host, port, ssl=tls)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse new connections and close existing ones."""
        self.refuse()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def refuse(self) -> None:
        """Refuse new connections."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError, IndexError, ValueError):
                await self._answer(reader, writer)
        finally:
            self._tasks.discard(task)
            with suppress(Exception):  # the client may disconnect at any time
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(1)
        if first == TLS_RECORD:  # answer a TLS handshake on a port without TLS like other web servers
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target = head.split(" ", 2)[:2]
        path = target.partition("?")[0]
        missing = Reply(status=404, body="Not Found", kind="text/plain")
        reply = self.replies.get(f"{method} {path}") or self.replies.get(path) or self.replies.get("*") or missing
        await asyncio.sleep(reply.wait_seconds)
        if reply.is_cut:
            writer.transport.abort()
        elif reply.raw is not None:
            writer.write(reply.raw)
            await writer.drain()
        elif reply.socket_seconds is not None:
            writer.write(_shaken_hands(head))
            await writer.drain()
            await asyncio.sleep(reply.socket_seconds)
        else:
            await self._send(reply, writer)

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        self._asked += 1
        body = reply.body.replace("{n}", str(self._asked)).encode()
        headers = {
            "Server": self._server_name,
            "Content-Type": reply.kind,
            "Content-Length": str(len(body)),
            "Connection": "close",
            **reply.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        lines = lines.replace("{n}", str(self._asked))
        writer.write(f"HTTP/1.1 {reply.status} {PHRASES.get(reply.status, 'Said')}\r\n{lines}\r\n".encode())
        half = len(body) // 2
        if reply.drip_seconds or reply.is_cut_within:
            writer.write(body[:half])
            await writer.drain()
            await asyncio.sleep(reply.drip_seconds)
            if reply.is_cut_within:
                writer.transport.abort()
                return
            body = body[half:]
        writer.write(body)
        await writer.drain()


def _shaken_hands(head: str) -> bytes:
    """Return the server's handshake of a WebSocket (RFC 6455 §4.2.2)."""
    key = next(line.partition(":")[2].strip() for line in head.split("\r\n") if line.startswith("Sec-WebSocket-Key:"))
    accept = b64encode(sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()).decode()
    lines = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    return "\r\n".join((*lines, f"Sec-WebSocket-Accept: {accept}", "", "")).encode()


class Silent:
    """A port whose backlog is full, so that further connections are neither accepted nor refused."""

    def __init__(self, port: int = 0) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(0)
        self.port = int(self._listener.getsockname()[1])
        self._waiting: list[socket.socket] = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(client)

    def close(self) -> None:
        for opened in (*self._waiting, self._listener):
            opened.close()


class Authority:
    """Creates certificates for the stage, all signed by one root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stage root")])
        now = utc_now()
        self._root = (
            x509.CertificateBuilder(self._name, self._name, self._key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=900))
            .not_valid_after(now + timedelta(days=900))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def publish(self, file: Path) -> None:
        """Write the root certificate for clients that should trust it."""
        file.write_bytes(self._root.public_bytes(serialization.Encoding.PEM))

    def context(
        self,
        *,
        name: str = "localhost",
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        is_self_signed: bool = False,
    ) -> ssl.SSLContext:
        """Return a server's TLS context with a certificate for *name* and 127.0.0.1."""
        key, now = ec.generate_private_key(ec.SECP256R1()), utc_now()
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == "localhost":
            names.append(x509.IPAddress(IPv4Address("127.0.0.1")))
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        served = (
            x509.CertificateBuilder(
                subject if is_self_signed else self._name, subject, key.public_key(), x509.random_serial_number()
            )
            .not_valid_before(starts_at or now - timedelta(days=400))
            .not_valid_after(ends_at or now + timedelta(days=90))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(key if is_self_signed else self._key, hashes.SHA256())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        chain = self._folder / f"{served.serial_number}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain.write_bytes(served.public_bytes(serialization.Encoding.PEM) + private)
        context.load_cert_chain(chain)
        return context
