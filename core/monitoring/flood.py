"""Detects a server that sends endless data that never becomes an answer, such as chunk extensions."""

import socket
import struct
from typing import Protocol

FLOOD = "a flood that leaves no time for anything else"
"""The error message given to a transfer that was ended as a flood. `curl_errors` recognises it."""
MUCH_BYTES = 1024 * 1024  # far more than a handshake and the largest headers that libcurl accepts
MAX_PER_BYTE = 8  # bytes received per byte of the body: a chunk with a single byte takes six
RECEIVED_AT = 128  # offset of tcpi_bytes_received in Linux's struct tcp_info (linux/tcp.h, since 4.1)


class BodyCounter(Protocol):
    """Counts the bytes of an answer's body while it arrives."""

    received_bytes: int
    """Bytes of the body, decompressed."""


def is_flood(descriptor: int, body: BodyCounter) -> bool:
    """Return whether the socket received far more bytes than the body explains; False if the system does not tell."""
    return received_bytes(descriptor) > MUCH_BYTES + MAX_PER_BYTE * body.received_bytes


def received_bytes(descriptor: int) -> int:
    """Return the number of bytes received on a TCP socket; 0 for other sockets or if the system does not tell."""
    if descriptor < 0 or not hasattr(socket, "TCP_INFO"):
        return 0
    borrowed = socket.socket(socket.AF_INET, socket.SOCK_STREAM, fileno=descriptor)
    try:
        tcp_info = borrowed.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, RECEIVED_AT + 8)
    except OSError:  # the socket has just been closed, or is a UDP socket
        return 0
    finally:
        borrowed.detach()
    return int(struct.unpack_from("Q", tcp_info, RECEIVED_AT)[0]) if len(tcp_info) == RECEIVED_AT + 8 else 0
