"""Tells a server that sends without end what comes to no answer, such as the extensions of a chunk."""

import socket
import struct
from typing import Protocol

FLOOD = "a flood that leaves no time for anything else"
"""libcurl's words for a transfer that was ended as one, by which it is known."""
MUCH_BYTES = 1024 * 1024  # far more than a handshake and headers that libcurl takes
MOST_PER_BYTE = 8  # received for each of the body's: a chunk of a single one takes six
RECEIVED_AT = 128  # where struct tcp_info of Linux has tcpi_bytes_received (linux/tcp.h, since 4.1)


class Gathering(Protocol):
    """What is kept of an answer while it comes."""

    received_bytes: int
    """Of the body, unpacked."""


def is_flood(descriptor: int, gathering: Gathering) -> bool:
    """Whether what came on this socket is out of all proportion to what it came to; False where nobody can tell."""
    return received_bytes(descriptor) > MUCH_BYTES + MOST_PER_BYTE * gathering.received_bytes


def received_bytes(descriptor: int) -> int:
    """What has been received on a TCP socket; 0 for any other, and where the system does not tell."""
    if descriptor < 0 or not hasattr(socket, "TCP_INFO"):
        return 0
    borrowed = socket.socket(socket.AF_INET, socket.SOCK_STREAM, fileno=descriptor)
    try:
        told = borrowed.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, RECEIVED_AT + 8)
    except OSError:  # it has just been closed, or is one of UDP
        return 0
    finally:
        borrowed.detach()
    return int(struct.unpack_from("Q", told, RECEIVED_AT)[0]) if len(told) == RECEIVED_AT + 8 else 0
