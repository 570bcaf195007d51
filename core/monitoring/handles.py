"""Pools libcurl's easy handles with their callbacks. Setting up a handle costs as much as its request."""

import re
import socket
from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pycurl

from core.addresses import MayConnect
from core.monitoring.packing import SAMPLE_BYTES, is_packed, packing_of

BODY_LIMIT_BYTES = 4 * 1024 * 1024  # enough to time any page; a larger body is cut off and counts as complete
KEPT_BODY_BYTES = 1024 * 1024  # the part of a body that expectations see
HEADERS_LIMIT_BYTES = 256 * 1024  # Chromium's own limit for an answer's headers
EMPTY_LINES = (b"\r\n", b"\n")
REDIRECTS = (b"301", b"302", b"303", b"307", b"308")
MAX_PIECES = 32_768  # callbacks per body: chunks of one byte would make 4 million, which takes seconds
ENCODING = b"content-encoding:"
KNOWN_ENCODINGS = (b"gzip", b"x-gzip", b"deflate", b"br", b"zstd", b"compress", b"x-compress")  # by browsers or libcurl
NO_ENCODING = (b"", b"identity", b"none")
WITH_AN_END = (b"gzip", b"x-gzip", b"deflate")  # libcurl reports damage and trailing data in these differently
LONG_STATUS = re.compile(rb"HTTP/\S+ \d{4}")
KEPT_HANDLES = 256  # each is some 10 kB


@dataclass(slots=True)
class AnswerBuffer:
    """Collects headers and body of one answer in libcurl's callbacks."""

    may_connect: MayConnect | None
    host: str = ""
    keeps_headers: bool = False
    keeps_body: bool = False
    headers: bytearray = field(default_factory=bytearray)
    body: BytesIO = field(default_factory=BytesIO)
    is_head_whole: bool = False
    """Whether the empty line after the headers came. libcurl also accepts the end of the connection instead."""
    unpacks: bool = False
    follows: bool = False
    """Whether redirects are followed. Their bodies are then ignored, as browsers do, because some never end."""
    is_led_on: bool = False
    """Whether the transfer ended after the headers because they redirect."""
    encodings: list[bytes] = field(default_factory=list)
    """The content encodings of the body, if libcurl decodes them."""
    packing: bytes | None = None
    """The compression that browsers undo, if libcurl does not."""
    start: bytes = b""
    """The first bytes of a body that has one."""
    received_bytes: int = 0
    """Bytes of the body, decompressed."""
    pieces: int = 0
    is_cut_off: bool = False
    refusal: str | None = None
    """Why the policy forbids connecting to an address; None if it does not."""

    def begin(
        self,
        host: str,
        *,
        keeps_headers: bool = False,
        keeps_body: bool = False,
        unpacks: bool = False,
        follows: bool = False,
    ) -> None:
        """Reset the buffer for the next transfer."""
        self.follows, self.is_led_on = follows, False
        self.host, self.keeps_headers, self.keeps_body, self.unpacks = host, keeps_headers, keeps_body, unpacks
        self.encodings, self.pieces = [], 0
        self.packing, self.start = None, b""
        self.is_head_whole, self.received_bytes, self.is_cut_off, self.refusal = False, 0, False, None
        self.headers.clear()
        if self.body.tell():
            self.body = BytesIO()

    @property
    def is_packed_twice(self) -> bool:
        """Whether the body is compressed more than once.

        This is refused: a few bytes could expand to gigabytes inside libcurl, and no honest server does it.
        """
        return len(self.encodings) > 1

    @property
    def is_mislabelled(self) -> bool:
        """Whether the body is not compressed although the headers say so. Browsers then show an error."""
        return self.packing is not None and not is_packed(self.packing, self.start)

    @property
    def is_oddly_packed(self) -> bool:
        """Whether Content-Encoding holds an unknown name, such as `utf-8`. Browsers then show the body as it is."""
        return any(name not in KNOWN_ENCODINGS for name in self.encodings)

    @property
    def has_long_status(self) -> bool:
        """Whether the status code has more than three digits. libcurl reads the first three of them."""
        return LONG_STATUS.match(self.headers) is not None

    @property
    def is_enough(self) -> bool:
        """Whether the answer is complete although libcurl reports a write error.

        Data after the end of a compressed body is ignored, as browsers do.
        """
        is_left_over = self.is_head_whole and len(self.headers) <= HEADERS_LIMIT_BYTES
        is_packed = len(self.encodings) == 1 and self.encodings[0] in WITH_AN_END
        return self.is_cut_off or self.is_led_on or (is_packed and is_left_over)

    @property
    def ends_with_connection(self) -> bool:
        """Whether a body has begun that ends with the connection, as no header says where (RFC 9112, section 6.3)."""
        lowered = self.headers.lower()
        has_length = b"\ncontent-length:" in lowered or b"\ntransfer-encoding:" in lowered
        return self.received_bytes > 0 and lowered.startswith(b"http/1") and not has_length

    def listen(self, curl: pycurl.Curl) -> None:
        """Register the callbacks with *curl*."""
        curl.setopt(pycurl.HEADERFUNCTION, self._on_header)
        curl.setopt(pycurl.WRITEFUNCTION, self._on_body)
        if self.may_connect is not None:
            curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)

    def _on_header(self, line: bytes) -> int | None:
        if line.startswith(b"HTTP/"):
            self.headers.clear()  # the previous headers were of an interim answer (1xx) or of a proxy
            self.is_head_whole = False
        elif line in EMPTY_LINES:
            self.is_head_whole = True
            self.is_led_on = self.follows and leads_on(self.headers)
            if self.is_led_on:
                return -1
            if not self.unpacks:
                self.packing = packing_of(self.headers)
        elif self.unpacks and line[: len(ENCODING)].lower() == ENCODING:
            names = [name.strip() for name in line[len(ENCODING) :].lower().split(b",")]
            self.encodings += [name for name in names if name not in NO_ENCODING]
            if self.is_packed_twice:
                return -1
        self.headers += line
        return -1 if len(self.headers) > HEADERS_LIMIT_BYTES else None

    def _on_body(self, chunk: bytes) -> int | None:
        self.received_bytes += len(chunk)
        if self.packing is not None and len(self.start) < SAMPLE_BYTES:
            self.start += chunk[:SAMPLE_BYTES]
        if self.keeps_body and self.body.tell() < KEPT_BODY_BYTES:
            self.body.write(chunk[: KEPT_BODY_BYTES - self.body.tell()])
        self.pieces += 1
        self.is_cut_off = self.received_bytes > BODY_LIMIT_BYTES or self.pieces > MAX_PIECES
        return -1 if self.is_cut_off else None

    def _open_socket(self, _purpose: int, address: tuple[int, int, int, tuple[Any, ...]]) -> "_Handed | int":
        family, kind, protocol, place = address
        assert self.may_connect is not None
        ip = place[0].decode() if isinstance(place[0], bytes) else place[0]
        self.refusal = self.may_connect(self.host, ip, place[1])
        if self.refusal is not None:
            return int(pycurl.SOCKET_BAD)
        # The C type: Python's `socket.socket` takes twice as long to create.
        return _Handed(socket.SocketType(family, kind, protocol))


def leads_on(headers: bytearray) -> bool:
    """Return whether these headers are a redirect with a body."""
    status = headers[:12].split(b" ")[1:2]
    if not status or status[0][:3] not in REDIRECTS:
        return False
    lowered = headers.lower()
    return b"\nlocation:" in lowered and b"\ncontent-length: 0\r" not in lowered


class _Handed:
    """A socket for libcurl, which duplicates the descriptor and drops this object; ours is then closed at once."""

    __slots__ = ("_made",)

    def __init__(self, made: socket.SocketType) -> None:
        self._made = made

    def fileno(self) -> int:
        return self._made.fileno()

    def __del__(self) -> None:
        self._made.close()


@dataclass(slots=True, kw_only=True)
class Handle:
    """An easy handle with its buffer."""

    curl: pycurl.Curl
    buffer: AnswerBuffer
    kind: str | None
    """The kind of request that the handle is set up for and may repeat; None if it is set up again each time."""
    is_set_up: bool = False


class Handles:
    """A pool of idle handles. Belongs to the engine's thread."""

    def __init__(self, may_connect: MayConnect | None) -> None:
        self._may_connect = may_connect
        self._idle: dict[str | None, list[Handle]] = defaultdict(list)

    def take(self, kind: str | None) -> Handle:
        """Return an idle or new handle of this kind."""
        idle = self._idle[kind]
        return idle.pop() if idle else Handle(curl=pycurl.Curl(), buffer=AnswerBuffer(self._may_connect), kind=kind)

    def give_back(self, handle: Handle, *, is_as_before: bool) -> None:
        """Return *handle* to the pool.

        Args:
            is_as_before: Whether the transfer left no state behind. A failed one leaves libcurl's error message.
        """
        idle = self._idle[handle.kind]
        if len(idle) >= KEPT_HANDLES:
            handle.curl.close()
            return
        if handle.kind is None or not is_as_before:
            handle.curl.reset()
            handle.is_set_up = False
        handle.buffer.begin("")  # frees the body, which may be large
        idle.append(handle)
