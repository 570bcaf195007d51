"""Enforces the address policy on libraries that connect by themselves, and keeps them from reading files.

Apprise's services, smtplib and httpx resolve names, follow redirects and connect by themselves. The one place that all
of them use is the socket. Python calls audit hooks (PEP 578) with the address before each connection is made, and a
hook that raises prevents it. Connections made in C, for instance by libcurl or uvloop, are not seen, but no library
that sends messages uses them. A context variable says which code is confined; Apprise copies it into its own threads.
Threads that a library starts directly are confined too: Python announces them to audit hooks, and Python 3.11, which
does not, is patched to do so (`_audit_thread_starts`).
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
SYSTEM_FILES = (  # libraries read these to connect
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
_installed: list[bool] = []  # an audit hook cannot be removed, so the process has a single one


class Confinement:
    """The limits of one block of confined code, and what was refused to it."""

    def __init__(self, may_connect: MayConnect, who: str, *, is_network_only: bool) -> None:
        self._may_connect = may_connect
        self._who = who
        self._is_network_only = is_network_only
        """Whether files, programs and local sockets are forbidden too."""
        self._looked_up = ""
        self.last_refusal = ""
        """Why something was refused, in a sentence; libraries often do not report such reasons."""
        self._connections: list[socket.socket] = []
        """Duplicated handles, because libraries wrap their own in TLS."""
        self._is_over = ""

    def hang_up(self, reason: str) -> None:
        """Close its connections and refuse new ones because of *reason*, a sentence; called from another thread."""
        self._is_over = reason
        self.last_refusal = reason
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the duplicated handles."""
        for connection in self._connections:
            connection.close()

    def judge(self, event: str, args: tuple[Any, ...]) -> None:
        """Allow or refuse an audit event of confined code.

        Raises:
            PermissionError: The event is refused.
        """
        if event == "socket.getaddrinfo":
            self._looked_up = _text(args[0])
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self._check_address(args[0], args[1])
        elif event in ("_thread.start_new_thread", "_thread.start_joinable_thread"):
            self._confine_thread(args[0])
        elif self._is_network_only and event == "open":
            self._check_file(args[0])
        elif self._is_network_only:
            self._refuse(f"{self._who} may not start programs.")

    def _check_address(self, made: socket.socket, place: Any) -> None:
        if place is None:  # a datagram on a socket that is connected already
            return
        if made.family not in FAMILIES or not isinstance(place, tuple):
            if not self._is_network_only:
                return
            self._refuse(f"{self._who} may not use local sockets.")
        host, port = _text(place[0]), int(place[1])
        if self._is_over:
            self._refuse(self._is_over)
        reason = self._may_connect(self._looked_up or host, host, port)
        if reason is not None:
            self._refuse(f"{reason}.")
        if made.type == socket.SOCK_STREAM:
            self._connections.append(made.dup())

    def _check_file(self, path: Any) -> None:
        if isinstance(path, int):  # an open descriptor
            return
        real = os.path.realpath(os.fsdecode(path))
        is_library = real.startswith(tuple(f"{place}{os.sep}" for place in LIBRARIES))
        if not is_library and real not in SYSTEM_FILES and not real.endswith(CODE) and not _holds_certificates(real):
            self._refuse(f"{self._who} may not read files of this machine.")

    def _confine_thread(self, start: Callable[..., object]) -> None:
        """Confine the thread that is about to start in the same way."""
        thread = getattr(start, "__self__", None)
        if not isinstance(thread, Thread):
            self._refuse(f"{self._who} may not start this thread, because it cannot be confined.")
            return
        run = thread.run

        def held_run() -> None:
            with _entered(self):
                run()

        thread.run = held_run  # type: ignore[method-assign]

    def _refuse(self, reason: str) -> None:
        self.last_refusal = reason
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
def confined(may_connect: MayConnect, who: str = "A channel", *, is_network_only: bool = True) -> Iterator[Confinement]:
    """Confine the code inside the block to *may_connect*; other code is not affected.

    Args:
        may_connect: The address policy.
        who: Names the confined code at the beginning of a refusal's sentence.
        is_network_only: Whether the code may not read files, start programs or use local sockets either.
    """
    with _install_lock:
        if not _installed:
            sys.addaudithook(_on_event)
            _audit_thread_starts()
            _installed.append(True)
    confinement = Confinement(may_connect, who, is_network_only=is_network_only)
    try:
        with _entered(confinement):
            yield confinement
    finally:
        confinement.close()


def _audit_thread_starts() -> None:
    """Make Python 3.11 raise audit events before threads start, as later versions do.

    Code that imported the start function earlier is not covered; libraries that send are imported later.
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
    """Handle every audit event of the process; must cost almost nothing for code that is not confined.

    Also runs while the interpreter shuts down, when this module's names are None; the defaults keep what it needs.
    """
    if event not in judged:
        return
    confinement = held.get()
    if confinement is not None:
        confinement.judge(event, args)


def _holds_certificates(path: str) -> bool:
    """Whether *path* may be a library's list of trusted certificate authorities, which is public."""
    return path.startswith(("/etc/ssl/certs/", "/etc/pki/")) or path == os.environ.get("SSL_CERT_FILE")


def _text(place: Any) -> str:
    return place.decode("ascii", "replace") if isinstance(place, bytes) else str(place or "")
