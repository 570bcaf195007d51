"""Holds what sends to the address policy, whichever library connects for it, and lets it read no file.

Apprise's services, smtplib and httpx look names up, follow redirects and connect by themselves; the one place that all
of them pass is the socket. Python tells audit hooks (PEP 578) of each connection before it is made, with the address,
and one that raises prevents it. What connects in C, such as libcurl or uvloop, is not seen: nothing that sends does.
Who is held is a context variable, which Apprise carries into its own threads. Python tells of threads that a library
starts bare, too, and they are held as well; Python 3.11, which does not tell, is made to (`_tell_of_threads`).
"""

import _thread
import errno
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from core.addresses import MayConnect

LIBRARIES = tuple({str(Path(place).resolve()) for place in (sys.prefix, sys.base_prefix, "/usr/share", "/usr/lib")})
SYSTEM_FILES = (  # what libraries look up while they connect
    "/dev/null",
    "/etc/hosts",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/services",
)
CODE = (".py", ".pyc", ".so", ".pyd")
FAMILIES = (socket.AF_INET, socket.AF_INET6)

_held: ContextVar["Confinement | None"] = ContextVar("confinement", default=None)
_install_lock = Lock()
_installed: list[bool] = []  # an audit hook cannot be taken out again, so one serves the process


class Confinement:
    """What somebody who sends is held to, and what they were refused."""

    def __init__(self, may_connect: MayConnect, who: str, *, is_alone: bool) -> None:
        self._may_connect = may_connect
        self._who = who
        self._is_alone = is_alone
        """Whether it has no business with files, programs and sockets of this machine."""
        self._looked_up = ""
        self.refusals: list[str] = []
        """Sentences, the last one last; libraries often keep such reasons to themselves."""
        self._connections: list[socket.socket] = []
        """Handles of our own: libraries put theirs away within TLS."""
        self._is_over = ""

    def hang_up(self, reason: str) -> None:
        """Break off its connections, and allow no others, for *reason*, a sentence; for another thread."""
        self._is_over = reason
        self.refusals.append(reason)
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        """What was done is done."""
        for connection in self._connections:
            connection.close()

    def judge(self, event: str, args: tuple[Any, ...]) -> None:
        """Let what is about to happen happen.

        Raises:
            PermissionError: It may not.
        """
        if event == "socket.getaddrinfo":
            self._looked_up = _text(args[0])
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self._judge_address(args[0], args[1])
        elif event in ("_thread.start_new_thread", "_thread.start_joinable_thread"):
            self._take_along(args[0])
        elif self._is_alone and event == "open":
            self._judge_file(args[0])
        elif self._is_alone:
            self._refuse(f"{self._who} starts no programs.")

    def _judge_address(self, made: socket.socket, place: Any) -> None:
        if place is None:  # of a datagram: to where the socket is connected already
            return
        if made.family not in FAMILIES or not isinstance(place, tuple):
            if not self._is_alone:
                return
            self._refuse(f"{self._who} reaches services over the network only.")
        host, port = _text(place[0]), int(place[1])
        if self._is_over:
            self._refuse(self._is_over)
        reason = self._may_connect(self._looked_up or host, host, port)
        if reason is not None:
            self._refuse(f"{reason}.")
        if made.type == socket.SOCK_STREAM:
            self._connections.append(made.dup())

    def _judge_file(self, path: Any) -> None:
        if isinstance(path, int):  # open already
            return
        real = os.path.realpath(os.fsdecode(path))
        is_library = real.startswith(tuple(f"{place}{os.sep}" for place in LIBRARIES))
        if not is_library and real not in SYSTEM_FILES and not real.endswith(CODE) and not _holds_certificates(real):
            self._refuse(f"{self._who} reads no file of this machine.")

    def _take_along(self, start: Callable[..., object]) -> None:
        """Hold the thread that is about to start to the same."""
        thread = getattr(start, "__self__", None)
        if not isinstance(thread, Thread):
            self._refuse(f"{self._who} starts no thread that could not be held.")
            return
        run = thread.run

        def held_run() -> None:
            with _entered(self):
                run()

        thread.run = held_run  # type: ignore[method-assign]

    def _refuse(self, reason: str) -> None:
        self.refusals.append(reason)
        raise PermissionError(errno.EACCES, reason)


JUDGED = frozenset(
    {
        "socket.getaddrinfo",
        "socket.connect",
        "socket.sendto",
        "socket.sendmsg",
        "open",
        "_thread.start_new_thread",
        "_thread.start_joinable_thread",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
    }
)


@contextmanager
def confined(may_connect: MayConnect, who: str = "A channel", *, is_alone: bool = True) -> Iterator[Confinement]:
    """Hold what is done within to *may_connect*; others are as free as before.

    Args:
        who: Is held, at the beginning of a sentence.
        is_alone: Whether it may neither read files nor start programs either.
    """
    with _install_lock:
        if not _installed:
            sys.addaudithook(_on_event)
            _tell_of_threads()
            _installed.append(True)
    confinement = Confinement(may_connect, who, is_alone=is_alone)
    try:
        with _entered(confinement):
            yield confinement
    finally:
        confinement.let_go()


def _tell_of_threads() -> None:
    """Have Python 3.11 tell audit hooks of threads before they start, by either way to start one, as later ones do.

    Whoever got hold of the function before starts threads in silence: what sends is imported later, by its channel.
    """
    if sys.version_info >= (3, 12):
        return
    start = _thread.start_new_thread

    def start_new_thread(function: Callable[..., object], args: tuple[Any, ...], *kwargs: dict[str, Any]) -> int:
        sys.audit("_thread.start_new_thread", function, args, *(kwargs or ({},)))
        return start(function, args, *kwargs)

    for module, name in ((_thread, "start_new_thread"), (_thread, "start_new"), (threading, "_start_new_thread")):
        setattr(module, name, start_new_thread)


@contextmanager
def _entered(confinement: Confinement) -> Iterator[Confinement]:
    before = _held.set(confinement)
    try:
        yield confinement
    finally:
        _held.reset(before)


def _on_event(
    event: str,
    args: tuple[Any, ...],
    judged: frozenset[str] = JUDGED,
    held: ContextVar["Confinement | None"] = _held,
) -> None:
    """Called for all that Python audits, in each thread: what is not ours must cost next to nothing.

    At the interpreter's end, too, when the names of this module are None: what it needs, it was given before.
    """
    if event not in judged:
        return
    confinement = held.get()
    if confinement is not None:
        confinement.judge(event, args)


def _holds_certificates(path: str) -> bool:
    """Whether a library may take *path* for the authorities it trusts: public by nature."""
    return path.startswith(("/etc/ssl/certs/", "/etc/pki/")) or path == os.environ.get("SSL_CERT_FILE")


def _text(place: Any) -> str:
    return place.decode("ascii", "replace") if isinstance(place, bytes) else str(place or "")
