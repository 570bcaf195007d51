"""The message bus of a SQLite store: each process has a datagram socket in a folder beside the store."""

import asyncio
import logging
import os
import socket
from collections import deque
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from core.owned_files import create_folder
from core.workers.message_bus import Deliver

logger = logging.getLogger(__name__)

LONGEST_PATH = 100  # bytes; sun_path holds 108 on Linux and 104 elsewhere
RETRY_SECONDS = 0.02  # after a receiver had no room
MAX_WAITING = 1_000  # messages per receiver that hangs; it polls the store when it recovers


class SocketBus:
    """Sends each message to every socket in the folder. It needs no server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"{os.getpid()}-{token_hex(4)}"
        self._socket: socket.socket | None = None
        self._waiting: dict[str, deque[bytes]] = {}
        self._retry: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    async def start(self, deliver: Deliver) -> None:
        """Start to listen. If no socket can be created, the bus neither sends nor receives."""
        try:
            create_folder(self._folder)
            self._descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            self._root = self._reachable()
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            listening.setblocking(False)
            listening.bind(f"{self._root}/{self._name}")
        except (OSError, AttributeError) as error:  # the folder or the system does not support Unix sockets
            logger.warning("no message bus; processes poll the database instead", extra={"reason": str(error)})
            return
        self._socket = listening
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(listening.fileno(), self._read, listening, deliver)

    def send(self, message: bytes) -> None:
        if self._socket is None:
            return
        with suppress(OSError):  # the folder was deleted, and the sockets with it
            # By descriptor, so that a moved folder still works. Path.iterdir() would take twice as long.
            for name in os.listdir(self._descriptor):  # noqa: PTH208
                if name != self._name:
                    self._waiting.setdefault(name, deque(maxlen=MAX_WAITING)).append(message)
        self._flush()

    async def stop(self) -> None:
        if self._socket is None:
            return
        self._flush()
        if self._retry is not None:
            self._retry.cancel()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        self._socket = None
        self._forget(self._name)
        os.close(self._descriptor)

    def _reachable(self) -> str:
        """Return a path of the folder that fits into a socket address and, on Linux, survives a move of the folder."""
        handle = f"/proc/self/fd/{self._descriptor}"
        if Path(handle).is_dir() or len(os.fsencode(self._folder)) + 32 > LONGEST_PATH:
            return handle
        return str(self._folder)

    def _flush(self) -> None:
        assert self._socket is not None
        for name, messages in list(self._waiting.items()):
            if self._deliver_to(self._socket, name, messages):
                del self._waiting[name]
        if self._waiting and (self._retry is None or self._retry.when() <= self._loop.time()):
            self._retry = self._loop.call_later(RETRY_SECONDS, self._flush)

    def _deliver_to(self, own: socket.socket, name: str, messages: deque[bytes]) -> bool:
        """Send the waiting messages to one process; returns whether none is left."""
        while messages:
            try:
                own.sendto(messages[0], f"{self._root}/{name}")
            except BlockingIOError:
                return False
            except ConnectionRefusedError:  # the process was killed
                self._forget(name)
                return True
            except OSError as error:
                logger.debug("a process cannot be reached", extra={"socket": name, "reason": str(error)})
                return True
            messages.popleft()
        return True

    def _forget(self, name: str) -> None:
        with suppress(OSError):
            Path(self._root, name).unlink()

    def _read(self, own: socket.socket, deliver: Deliver) -> None:
        with suppress(BlockingIOError, ConnectionError):
            for _ in range(100):  # then let the loop do other work first
                deliver(own.recv(65_536))
