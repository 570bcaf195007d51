"""A name server on loopback with records that a test sets."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import dns.message
import dns.rcode
import dns.rrset
import pytest


@pytest.fixture
def dns_stub() -> Iterator[Callable[[dict[str, str]], str]]:
    """Start a server for IPv4 addresses by name (with final dot); returns ``ADDRESS:PORT``."""
    with ExitStack() as ending:

        def start(addresses: dict[str, str]) -> str:
            listener = ending.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            listener.bind(("127.0.0.1", 0))
            threading.Thread(target=_serve, args=(listener, addresses), daemon=True).start()
            return f"127.0.0.1:{listener.getsockname()[1]}"

        yield start


def _serve(listener: socket.socket, addresses: dict[str, str]) -> None:
    with suppress(OSError):
        while True:
            packet, asker = listener.recvfrom(4_096)
            query = dns.message.from_wire(packet)
            question = query.question[0]
            reply = dns.message.make_response(query)
            address = addresses.get(question.name.to_text())
            if address is None:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            elif question.rdtype == 1:
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", address))
            listener.sendto(reply.to_wire(), asker)
