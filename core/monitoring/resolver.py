"""Resolves names on threads with the operating system's resolver, and measures how long each lookup takes.

libcurl's resolver is not used. Its 20 threads are all busy as soon as 20 lookups hang, and DNS then seems to fail for
every other website. It also cannot tell a name that does not exist from a resolver that does not answer.
"""

import logging
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from core.addresses import name_to_look_up

logger = logging.getLogger(__name__)

MAX_THREADS = 1_280  # the monitor probes 500 websites at once; a hanging lookup outlives its probe by some seconds
IDLE_SECONDS = 30.0  # a thread without work ends after this time

FAMILIES = {"any": socket.AF_UNSPEC, "4": socket.AF_INET, "6": socket.AF_INET6}
# getaddrinfo's errors for a name that does not exist, or has no address of the requested family.
NO_ADDRESS = getattr(socket, "EAI_NODATA", None)  # not every system tells these apart
ABSENT = {socket.EAI_NONAME, NO_ADDRESS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The result of one name lookup."""

    addresses: tuple[str, ...] = ()
    """The addresses in the system's order of preference (RFC 6724); empty after an error."""
    dns_ms: float
    is_absent: bool = False
    """Whether DNS answered that the name does not exist, or has no address of this family."""
    has_no_address: bool = False
    """Whether the system says that the name exists, but has no address of this family."""
    error: str | None = None
    """The system's error message."""


class Resolving(Protocol):
    """Looks a name up and passes the result to a callback, on any thread."""

    def look_up(self, host: str, ip_version: str, tell: Callable[[Lookup], None]) -> None: ...


class Resolver:
    """Looks names up on a pool of threads. It caches nothing, so that each lookup is measured."""

    def __init__(self) -> None:
        self._wanted: queue.SimpleQueue[tuple[str, str, Callable[[Lookup], None]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._idle = 0

    def look_up(self, host: str, ip_version: str, tell: Callable[[Lookup], None]) -> None:
        """Look *host* up and call *tell* with the result, on a thread of this resolver."""
        with self._lock:
            is_thread_needed = self._wanted.qsize() >= self._idle and self._threads < MAX_THREADS
            self._threads += is_thread_needed
        self._wanted.put((host, ip_version, tell))
        if is_thread_needed:
            self._add_thread()

    def _add_thread(self) -> None:
        try:  # a daemon, so that a hanging lookup does not keep the process alive
            threading.Thread(target=self._work, name="resolver", daemon=True).start()
        except RuntimeError as error:  # the system refuses more threads, as in a container: the lookup waits
            logger.warning("no further resolver thread; a lookup waits", extra={"reason": str(error)})
            with self._lock:
                self._threads -= 1

    def _work(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            try:
                host, ip_version, tell = self._wanted.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                with self._lock:
                    self._idle -= 1
                    if self._wanted.empty():
                        self._threads -= 1
                        return
                continue
            with self._lock:
                self._idle -= 1
            tell(look_up(host, ip_version))


def look_up(host: str, ip_version: str = "any") -> Lookup:
    """Return the addresses of *host*. Blocks until the system's resolver answers or gives up."""
    began = perf_counter()
    try:
        found = socket.getaddrinfo(name_to_look_up(host), None, family=FAMILIES[ip_version], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        dns_ms = (perf_counter() - began) * 1_000
        code = error.errno if isinstance(error, socket.gaierror) else socket.EAI_NONAME
        words = (error.strerror if isinstance(error, OSError) else None) or "it is not a valid DNS name"
        return Lookup(dns_ms=dns_ms, is_absent=code in ABSENT, has_no_address=code == NO_ADDRESS, error=words)
    dns_ms = (perf_counter() - began) * 1_000
    return Lookup(addresses=tuple(dict.fromkeys(str(address[4][0]) for address in found)), dns_ms=dns_ms)
