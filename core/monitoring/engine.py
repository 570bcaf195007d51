"""The prober's thread: a ``CurlMulti`` on an epoll loop of its own, so that nothing else's work is in its figures."""

import asyncio
import heapq
import logging
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

import pycurl

from core.monitoring.flood import FLOOD, Gathering, is_flood

logger = logging.getLogger(__name__)

LONGEST_SLEEP_SECONDS = 60.0
FLOOD_LOOK_SECONDS = 0.25  # between two looks at what keeps the thread busy
FLOOD_CPU_SECONDS = 0.2  # of one step for one socket; the longest that was measured, of a packed bomb, took 0.03
BUSY_LOOK_SECONDS = 0.1  # between two looks at who floods a thread that has been busy for half that time
MOST_AT_ONCE = 256  # sockets that are told of together
EVENTS = (0, select.POLLIN, select.POLLOUT, select.POLLIN | select.POLLOUT)
"""What libcurl waits for at a socket, as the system has it; by ``POLL_IN | POLL_OUT``, which are 1 and 2."""

Answer = TypeVar("Answer")
Ended = Callable[[int, str], None]
"""Told how a transfer ended: libcurl's result code (``CURLE_*``) and its message."""


class Engine:
    """Runs transfers on a thread of its own; all but `start`, `stop` and `call` belong to that thread."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)
        self._calls: deque[Callable[[], None]] = deque()
        self._is_asleep = False
        self._is_stopping = False
        self._has_ended = threading.Event()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self._curl_due: float | None = None
        self._under_way: dict[pycurl.Curl, tuple[Ended, Gathering]] = {}
        self._watched: dict[int, int] = {}
        """What is waited for at each of libcurl's sockets."""
        self._may_have_ended = False
        self._step = 0
        """Counts what libcurl is given to do, so that another thread sees when it does not come back from it."""
        self._step_socket = pycurl.SOCKET_TIMEOUT
        self._flooded_step = 0
        """The last one whose socket was cut off."""
        self._clock: int | None = None
        """How much processor time the thread has taken; None where the system does not tell."""
        self._looked_at, self._seen_step, self._seen_cpu = 0.0, 0, 0.0
        """The last look for a flood, by whoever was awake anyway while the thread was busy."""
        self._busy_since, self._busy_seconds = 0.0, 0.0

    def start(self) -> None:
        """Begin to run."""
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._sockets = _Sockets()
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        self._sockets.register(self._woken.fileno(), select.POLLIN)
        self._thread.start()
        if hasattr(time, "pthread_getcpuclockid"):
            self._clock = time.pthread_getcpuclockid(self._thread.ident or 0)

    def stop(self) -> None:
        """Fail what is under way and end; blocks until that is done. For any thread but the engine's."""
        self.call(self._end)
        while not self._has_ended.wait(FLOOD_LOOK_SECONDS):
            self.look_for_flood()

    def call(self, work: Callable[[], None]) -> None:
        """Have *work* done on the engine's thread, soon; for any thread."""
        self._calls.append(work)
        if self._is_asleep:
            self._is_asleep = False  # one wake-up is enough for all that are told in a row
            with suppress(OSError):  # it has been woken often enough, or has ended
                self._waker.send(b"w")
        else:
            self.look_for_flood()

    def call_later(self, seconds: float, work: Callable[[], None]) -> None:
        """Have *work* done after *seconds*; it cannot be taken back."""
        heapq.heappush(self._timers, (monotonic() + seconds, next(self._number), work))

    def perform(self, curl: pycurl.Curl, ended: Ended, gathering: Gathering) -> None:
        """Run the transfer that *curl* is set up for; the handle is the caller's again when *ended* is told."""
        self._under_way[curl] = ended, gathering
        self._multi.add_handle(curl)
        # At once, so that what this handle pins in the multi's DNS cache is read before another one pins anew.
        self._act(pycurl.SOCKET_TIMEOUT, 0)
        self._may_have_ended = True  # such as by a refused address: look without sleep

    def _run(self) -> None:
        alarm = self._woken.fileno()
        while not self._is_stopping:
            self._is_asleep = True
            ready = self._sockets.wait(self._sleep_seconds())
            self._is_asleep = False
            woken_at = monotonic()
            for descriptor, events in ready:
                if descriptor == alarm:
                    self._woken.recv(4_096)
                else:
                    self._act(descriptor, _told(events) & self._watched.get(descriptor, 0))
            self._run_due()
            self._collect()
            self._busy_seconds += monotonic() - woken_at
            if woken_at - self._busy_since >= BUSY_LOOK_SECONDS:
                self._end_floods(woken_at)
        self._multi.close()
        for part in (self._waker, self._woken):
            part.close()
        self._sockets.close()
        self._has_ended.set()

    def _sleep_seconds(self) -> float:
        if self._calls or self._may_have_ended:
            return 0.0
        due = min(self._curl_due or float("inf"), self._timers[0][0] if self._timers else float("inf"))
        return min(max(due - monotonic(), 0.0), LONGEST_SLEEP_SECONDS)

    def _run_due(self) -> None:
        if self._curl_due is not None and self._curl_due <= monotonic():
            self._curl_due = None
            self._act(pycurl.SOCKET_TIMEOUT, 0)
        while self._timers and self._timers[0][0] <= monotonic():
            self._guard(heapq.heappop(self._timers)[2])
        if self._calls:  # one by one, with a look at the sockets in between: a crowd must not delay who was answered
            self._guard(self._calls.popleft())

    def _collect(self, because: str = "") -> None:
        self._may_have_ended = False
        left = 1
        while left:
            left, succeeded, failed = self._multi.info_read()
            for curl in succeeded:
                self._finish(curl, pycurl.E_OK, "")
            for curl, code, words in failed:
                self._finish(curl, code, because or words)

    def _finish(self, curl: pycurl.Curl, code: int, words: str) -> None:
        ended, _gathering = self._under_way.pop(curl)
        self._multi.remove_handle(curl)
        self._guard(lambda: ended(code, words))

    def _end(self) -> None:
        for curl in list(self._under_way):
            self._finish(curl, pycurl.E_ABORTED_BY_CALLBACK, "Watchwright is shutting down")
        for _due, _number, work in sorted(self._timers, key=lambda timer: timer[:2]):
            self._guard(work)
        self._is_stopping = True

    def look_for_flood(self) -> None:
        """Cut off a server that sends without end what OpenSSL reads on and on in a handshake; for any thread, often.

        Such as HelloRequests (RFC 5246, section 7.4.1.1): while they come as fast as they are read, libcurl does not
        come back, no other website is attended to, and no timeout is kept.
        """
        if self._is_asleep or self._clock is None or monotonic() - self._looked_at < FLOOD_LOOK_SECONDS:
            return
        self._looked_at = monotonic()
        with suppress(OSError):  # the thread, or the socket, has ended meanwhile
            step, spent = self._step, time.clock_gettime(self._clock)
            if step != self._seen_step:
                self._seen_step, self._seen_cpu = step, spent
            elif spent - self._seen_cpu >= FLOOD_CPU_SECONDS and self._step_socket >= 0:
                self._flooded_step = step
                with socket.socket(fileno=os.dup(self._step_socket)) as flooded:
                    flooded.shutdown(socket.SHUT_RDWR)

    def _end_floods(self, now: float) -> None:
        """End what comes to no answer, if this thread has been busy: it is served again in every step of all others."""
        if self._busy_seconds > BUSY_LOOK_SECONDS / 2:
            for curl, (_ended, gathering) in list(self._under_way.items()):
                if is_flood(curl.getinfo(pycurl.ACTIVESOCKET), gathering):
                    self._finish(curl, pycurl.E_RECV_ERROR, FLOOD)
        self._busy_since, self._busy_seconds = now, 0.0

    def _act(self, descriptor: int, events: int) -> None:
        self._step_socket = descriptor
        self._step += 1
        try:  # noqa: SIM105 - suppress() takes five times as long, at every step of every check
            self._multi.socket_action(descriptor, events)
        except pycurl.error:  # a socket that has just been closed
            pass
        self._step_socket = pycurl.SOCKET_TIMEOUT
        if self._flooded_step == self._step:
            self._collect(FLOOD)

    def _watch(self, what: int, descriptor: int, _multi: object, _data: object) -> None:
        if what == pycurl.POLL_REMOVE:
            if self._watched.pop(descriptor, None) is not None:
                self._sockets.unregister(descriptor)
            return
        before = self._watched.get(descriptor)
        self._watched[descriptor] = what
        if before is None:
            self._sockets.register(descriptor, EVENTS[what])
        elif before != what:
            self._sockets.modify(descriptor, EVENTS[what])

    def _set_timer(self, timeout_ms: int) -> None:
        self._curl_due = None if timeout_ms < 0 else monotonic() + timeout_ms / 1_000

    @staticmethod
    def _guard(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # one probe that trips over itself must not end all the others
            logger.exception("a probe's step failed")


class OnEngine:
    """What has an engine of its own, which runs in its ``async with`` block."""

    def __init__(self) -> None:
        self._engine = Engine()

    async def __aenter__(self) -> Self:
        self._engine.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._engine.stop)

    def look_for_flood(self) -> None:
        """To be called now and then, such as each second: ends what keeps the thread from all else."""
        self._engine.look_for_flood()

    async def heard(self, answer: "asyncio.Future[Answer]") -> Answer:
        """Wait for *answer*, which comes from the thread, and meanwhile look that no flood keeps it from there."""
        while not answer.done():
            await asyncio.wait([answer], timeout=FLOOD_LOOK_SECONDS)
            self.look_for_flood()
        return answer.result()


def _told(events: int) -> int:
    """What came of a socket, in libcurl's bits (``CSELECT_IN``, ``CSELECT_OUT``): an error is both."""
    return (pycurl.CSELECT_IN if events & ~select.POLLOUT else 0) | (
        pycurl.CSELECT_OUT if events & ~select.POLLIN else 0
    )


class _Sockets:
    """Waits for many at once, by epoll where there is one; `selectors` takes four times as long."""

    def __init__(self) -> None:
        self._epoll = select.epoll() if hasattr(select, "epoll") else None
        self._all = self._epoll or select.poll()
        self.register, self.modify = self._all.register, self._all.modify

    def unregister(self, descriptor: int) -> None:
        """Wait for it no more; it may be closed."""
        try:  # noqa: SIM105 - suppress() takes five times as long
            self._all.unregister(descriptor)
        except (OSError, KeyError):
            pass

    def wait(self, seconds: float) -> list[tuple[int, int]]:
        """Descriptors with what came of them, as soon as something did."""
        if self._epoll is not None:
            return self._epoll.poll(seconds, MOST_AT_ONCE)
        return self._all.poll(seconds * 1_000)

    def close(self) -> None:
        if self._epoll is not None:
            self._epoll.close()
