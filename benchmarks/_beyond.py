"""Provides the network beyond a cable: websites with their own addresses, and a name server."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks._cables import HOME, ip

RESOLVE_CONF = f"nameserver {HOME}\noptions timeout:3 attempts:2\n"
FIRST_NET = 40  # 41.0.0.1 is the first website beyond cable 1; the monitor takes it for a public address
A, FOUND = 1, 0x8180  # RFC 1035: record type of an address; flags of a recursive response without an error


class Beyond:
    """The network beyond cable *number*; its websites are numbered from 1."""

    def __init__(self, number: int, websites: int) -> None:
        self.number = number
        for website in range(1, websites + 1):
            self.recover(website)

    def name(self, website: int) -> str:
        """Return the website's host name, whose domain no other website shares."""
        return f"w{website}-{self.number}.test"

    def address(self, website: int) -> str:
        return _address(self.number, website)

    def fall_silent(self, website: int) -> None:
        """Stop answering anything that is sent to the website, like a machine that is switched off."""
        ip("addr", "del", f"{self.address(website)}/32", "dev", "lo")

    def recover(self, website: int) -> None:
        ip("addr", "add", f"{self.address(website)}/32", "dev", "lo")


class Names:
    """A name server for the websites beyond all cables."""

    def __init__(self, listening: socket.socket) -> None:
        self.silent: set[int] = set()
        """Numbers of cables whose questions get no answer."""
        self._listening = listening

    def serve(self) -> None:
        """Answer until the socket is closed."""
        while True:
            try:
                question, asker = self._listening.recvfrom(512)
            except OSError:
                return
            answer = self._answer(question)
            if answer is not None:
                with suppress(OSError):  # the cable may be cut by now
                    self._listening.sendto(answer, asker)

    def _answer(self, question: bytes) -> bytes | None:
        length = question[12]
        website, cable = map(int, question[13 : 13 + length].decode()[1:].split("-"))
        if cable in self.silent:
            return None
        asked = question[12 : question.index(b"\0", 12) + 5]
        found = b""
        if struct.unpack("!H", asked[-4:-2])[0] == A:
            found = struct.pack("!HHHIH", 0xC00C, A, 1, 0, 4) + socket.inet_aton(_address(cable, website))
        return question[:2] + struct.pack("!HHHHH", FOUND, 1, bool(found), 0, 0) + asked + found


@contextmanager
def names() -> Iterator[Names]:
    """Run the name server at `HOME` during the block."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind((HOME, 53))
        server = Names(listening)
        threading.Thread(target=server.serve, daemon=True, name="names").start()
        yield server


def asking_names(folder: Path) -> tuple[str, ...]:
    """Return the prefix of a command that runs in its own network namespace and uses that name server."""
    file = folder / "resolv.conf"
    file.write_text(RESOLVE_CONF)
    mounted = f'mount --bind {file} /etc/resolv.conf && exec "$@"'
    return ("unshare", "--net", "--mount", "sh", "-c", mounted, "sh")


def _address(cable: int, website: int) -> str:
    return f"{FIRST_NET + cable}.0.0.{website}"
