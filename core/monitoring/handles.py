"""libcurl's easy handles with what their callbacks gather; kept, as setting one up costs as much as its request."""

import socket
from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pycurl

from core.addresses import MayConnect

BODY_LIMIT_BYTES = 4 * 1024 * 1024  # enough to time any page; a larger body is cut off and counts as answered
KEPT_BODY_BYTES = 1024 * 1024  # what expectations look into; kept until the verdict, and only where there are some
HEADERS_LIMIT_BYTES = 256 * 1024  # Chromium's own limit for an answer's headers
EMPTY_LINES = (b"\r\n", b"\n")
REDIRECTS = (b"301", b"302", b"303", b"307", b"308")
MOST_PIECES = 32_768  # of a body, such as chunks of one byte: each is a call, and 4 million take seconds
ENCODING = b"content-encoding:"
KNOWN_ENCODINGS = (b"gzip", b"x-gzip", b"deflate", b"br", b"zstd", b"compress", b"x-compress")  # to browsers or libcurl
NO_ENCODING = (b"", b"identity", b"none")
WITH_AN_END = (b"gzip", b"x-gzip", b"deflate")  # one that is damaged is another error of libcurl's than one that ended
KEPT_HANDLES = 256  # each is some 10 kB


@dataclass(slots=True)
class Gathered:
    """What the callbacks of one transfer gather."""

    may_connect: MayConnect | None
    host: str = ""
    keeps_headers: bool = False
    keeps_body: bool = False
    headers: bytearray = field(default_factory=bytearray)
    body: BytesIO = field(default_factory=BytesIO)
    is_head_whole: bool = False
    """Whether the empty line came that ends the headers: libcurl takes a connection's end for it."""
    unpacks: bool = False
    follows: bool = False
    """Whether a redirect's body is of no interest, as to a browser: some never come to their end."""
    is_led_on: bool = False
    """Whether the answer was left at its headers, as they lead elsewhere."""
    encodings: list[bytes] = field(default_factory=list)
    """How the body is packed, where libcurl unpacks it."""
    received_bytes: int = 0
    """Of the body, unpacked."""
    pieces: int = 0
    is_cut_off: bool = False
    refusal: str | None = None
    """Why an address was not connected to."""

    def begin(
        self,
        host: str,
        *,
        keeps_headers: bool = False,
        keeps_body: bool = False,
        unpacks: bool = False,
        follows: bool = False,
    ) -> None:
        """Forget the transfer before."""
        self.follows, self.is_led_on = follows, False
        self.host, self.keeps_headers, self.keeps_body, self.unpacks = host, keeps_headers, keeps_body, unpacks
        self.encodings, self.pieces = [], 0
        self.is_head_whole, self.received_bytes, self.is_cut_off, self.refusal = False, 0, False, None
        self.headers.clear()
        if self.body.tell():
            self.body = BytesIO()

    @property
    def is_packed_twice(self) -> bool:
        """Whether a few bytes may unpack to gigabytes before we see one: refused, as nobody means that well."""
        return len(self.encodings) > 1

    @property
    def is_oddly_packed(self) -> bool:
        """Whether it is said to be packed in a way that nobody knows, as by `utf-8`: browsers take it as it comes."""
        return any(name not in KNOWN_ENCODINGS for name in self.encodings)

    @property
    def is_enough(self) -> bool:
        """Whether it is an answer where libcurl ended with the word that not all of it was taken.

        What comes after the end of a packed body is left out, as by browsers.
        """
        is_left_over = self.is_head_whole and len(self.headers) <= HEADERS_LIMIT_BYTES
        is_packed = len(self.encodings) == 1 and self.encodings[0] in WITH_AN_END
        return self.is_cut_off or self.is_led_on or (is_packed and is_left_over)

    def listen(self, curl: pycurl.Curl) -> None:
        """Have *curl* call us."""
        curl.setopt(pycurl.HEADERFUNCTION, self._on_header)
        curl.setopt(pycurl.WRITEFUNCTION, self._on_body)
        if self.may_connect is not None:
            curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)

    def _on_header(self, line: bytes) -> int | None:
        if line.startswith(b"HTTP/"):
            self.headers.clear()  # an interim answer (1xx), or a proxy's, came before
            self.is_head_whole = False
        elif line in EMPTY_LINES:
            self.is_head_whole = True
            self.is_led_on = self.follows and leads_on(self.headers)
            if self.is_led_on:
                return -1
        elif self.unpacks and line[: len(ENCODING)].lower() == ENCODING:
            names = [name.strip() for name in line[len(ENCODING) :].lower().split(b",")]
            self.encodings += [name for name in names if name not in NO_ENCODING]
            if self.is_packed_twice:
                return -1
        self.headers += line
        return -1 if len(self.headers) > HEADERS_LIMIT_BYTES else None

    def _on_body(self, chunk: bytes) -> int | None:
        self.received_bytes += len(chunk)
        if self.keeps_body and self.body.tell() < KEPT_BODY_BYTES:
            self.body.write(chunk[: KEPT_BODY_BYTES - self.body.tell()])
        self.pieces += 1
        self.is_cut_off = self.received_bytes > BODY_LIMIT_BYTES or self.pieces > MOST_PIECES
        return -1 if self.is_cut_off else None

    def _open_socket(self, _purpose: int, address: tuple[int, int, int, tuple[Any, ...]]) -> "_Handed | int":
        family, kind, protocol, place = address
        assert self.may_connect is not None
        ip = place[0].decode() if isinstance(place[0], bytes) else place[0]
        self.refusal = self.may_connect(self.host, ip, place[1])
        if self.refusal is not None:
            return int(pycurl.SOCKET_BAD)
        # Without what Python adds to a socket, which takes as long as making it.
        return _Handed(socket.SocketType(family, kind, protocol))


def leads_on(headers: bytearray) -> bool:
    """Whether these headers of an answer lead elsewhere before a body that is not empty."""
    status = headers[:12].split(b" ")[1:2]
    if not status or status[0][:3] not in REDIRECTS:
        return False
    lowered = headers.lower()
    return b"\nlocation:" in lowered and b"\ncontent-length: 0\r" not in lowered


class _Handed:
    """A socket for libcurl, which duplicates it and lets go: then ours ends at once."""

    __slots__ = ("_made",)

    def __init__(self, made: socket.SocketType) -> None:
        self._made = made

    def fileno(self) -> int:
        return self._made.fileno()

    def __del__(self) -> None:
        self._made.close()


@dataclass(slots=True, kw_only=True)
class Handle:
    """An easy handle with what it gathers."""

    curl: pycurl.Curl
    gathered: Gathered
    kind: str | None
    """What the handle is set up for, if it is to stay so; None for one that is set up anew each time."""
    is_set_up: bool = False


class Handles:
    """Those that no transfer uses; all on the engine's thread."""

    def __init__(self, may_connect: MayConnect | None) -> None:
        self._may_connect = may_connect
        self._idle: dict[str | None, list[Handle]] = defaultdict(list)

    def take(self, kind: str | None) -> Handle:
        """A handle of this kind, which nobody else has."""
        idle = self._idle[kind]
        return idle.pop() if idle else Handle(curl=pycurl.Curl(), gathered=Gathered(self._may_connect), kind=kind)

    def give_back(self, handle: Handle, *, is_as_before: bool) -> None:
        """Keep *handle* for another transfer.

        Args:
            is_as_before: Whether its transfer left nothing behind, such as libcurl's words for what failed.
        """
        idle = self._idle[handle.kind]
        if len(idle) >= KEPT_HANDLES:
            handle.curl.close()
            return
        if handle.kind is None or not is_as_before:
            handle.curl.reset()
            handle.is_set_up = False
        handle.gathered.begin("")  # a body may be large
        idle.append(handle)
