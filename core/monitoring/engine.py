"""Runs libcurl's ``CurlMulti`` on a thread with its own epoll loop, so that other work does not distort timings."""

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

from core.monitoring.flood import FLOOD, BodyCounter, is_flood

logger = logging.getLogger(__name__)

MAX_SLEEP_SECONDS = 60.0
FLOOD_POLL_SECONDS = 0.25  # between two checks whether one socket keeps the thread busy
FLOOD_CPU_SECONDS = 0.2  # CPU limit of one step for one socket; the longest legitimate one, a zip bomb, took 0.03
BUSY_POLL_SECONDS = 0.1  # between two searches for floods, while the thread is busy at least half of the time
MAX_EVENTS = 256  # socket events returned by one poll
EVENTS = (0, select.POLLIN, select.POLLOUT, select.POLLIN | select.POLLOUT)
"""The system's event mask for each of libcurl's masks: the index is ``POLL_IN | POLL_OUT``, which are 1 and 2."""

Answer = TypeVar("Answer")
OnEnd = Callable[[int, str], None]
"""Called when a transfer has ended, with libcurl's result code (``CURLE_*``) and its message."""


class Engine:
    """Runs transfers on its own thread. Other threads may call only `start`, `stop`, `call` and `look_for_flood`."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)
        self._calls: deque[Callable[[], None]] = deque()
        self._is_asleep = False
        self._is_stopping = False
        self._has_ended = threading.Event()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timer_numbers = count()
        self._curl_due: float | None = None
        self._transfers: dict[pycurl.Curl, tuple[OnEnd, BodyCounter]] = {}
        self._watched: dict[int, int] = {}
        """libcurl's event mask for each of its sockets."""
        self._may_have_ended = False
        self._step = 0
        """The number of calls into libcurl so far, so that other threads notice a call that does not return."""
        self._step_socket = pycurl.SOCKET_TIMEOUT
        self._flooded_step = 0
        """The last step whose socket was shut down as a flood."""
        self._clock: int | None = None
        """The id of the thread's CPU clock; None if the system has none."""
        self._looked_at, self._seen_step, self._seen_cpu = 0.0, 0, 0.0
        """The state at the last flood check, which any thread may make."""
        self._busy_since, self._busy_seconds = 0.0, 0.0

    def start(self) -> None:
        """Start the thread."""
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
        """Fail all transfers and end the thread; blocks until it has ended. Must not run on the engine's thread."""
        self.call(self._end_all)
        while not self._has_ended.wait(FLOOD_POLL_SECONDS):
            self.look_for_flood()

    def call(self, work: Callable[[], None]) -> None:
        """Run *work* on the engine's thread, soon. Any thread may call this."""
        self._calls.append(work)
        if self._is_asleep:
            self._is_asleep = False  # one wake-up is enough for several calls in a row
            with suppress(OSError):  # the socket's buffer is full of wake-ups, or the thread has ended
                self._waker.send(b"w")
        else:
            self.look_for_flood()

    def call_later(self, seconds: float, work: Callable[[], None]) -> None:
        """Run *work* after *seconds*, on the engine's thread. This cannot be cancelled."""
        heapq.heappush(self._timers, (monotonic() + seconds, next(self._timer_numbers), work))

    def perform(self, curl: pycurl.Curl, on_end: OnEnd, body: BodyCounter) -> None:
        """Run the transfer that *curl* is set up for. The caller may reuse *curl* once *on_end* is called."""
        self._transfers[curl] = on_end, body
        self._multi.add_handle(curl)
        # Start at once: libcurl must read the addresses that this handle pinned before another handle pins others.
        self._act(pycurl.SOCKET_TIMEOUT, 0)
        self._may_have_ended = True  # for example because its address was refused

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
                    self._act(descriptor, _curl_events(events) & self._watched.get(descriptor, 0))
            self._run_due()
            self._collect()
            self._busy_seconds += monotonic() - woken_at
            if woken_at - self._busy_since >= BUSY_POLL_SECONDS:
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
        return min(max(due - monotonic(), 0.0), MAX_SLEEP_SECONDS)

    def _run_due(self) -> None:
        if self._curl_due is not None and self._curl_due <= monotonic():
            self._curl_due = None
            self._act(pycurl.SOCKET_TIMEOUT, 0)
        while self._timers and self._timers[0][0] <= monotonic():
            self._guard(heapq.heappop(self._timers)[2])
        if self._calls:  # one per round, with a poll of the sockets between: many new checks must not delay answers
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
        on_end, _body = self._transfers.pop(curl)
        self._multi.remove_handle(curl)
        self._guard(lambda: on_end(code, words))

    def _end_all(self) -> None:
        for curl in list(self._transfers):
            self._finish(curl, pycurl.E_ABORTED_BY_CALLBACK, "Watchwright is shutting down")
        for _due, _number, work in sorted(self._timers, key=lambda timer: timer[:2]):
            self._guard(work)
        self._is_stopping = True

    def look_for_flood(self) -> None:
        """Shut down the socket of a server that floods the TLS handshake. Any thread should call this often.

        A server can send HelloRequests (RFC 5246, section 7.4.1.1) as fast as OpenSSL reads them. libcurl then does
        not return, so no other website is served and no timeout works.
        """
        if self._is_asleep or self._clock is None or monotonic() - self._looked_at < FLOOD_POLL_SECONDS:
            return
        self._looked_at = monotonic()
        with suppress(OSError):  # the thread or the socket has ended meanwhile
            step, spent = self._step, time.clock_gettime(self._clock)
            if step != self._seen_step:
                self._seen_step, self._seen_cpu = step, spent
            elif spent - self._seen_cpu >= FLOOD_CPU_SECONDS and self._step_socket >= 0:
                self._flooded_step = step
                with socket.socket(fileno=os.dup(self._step_socket)) as flooded:
                    flooded.shutdown(socket.SHUT_RDWR)

    def _end_floods(self, now: float) -> None:
        """End floods if this thread has been busy: each step of another transfer would serve them again."""
        if self._busy_seconds > BUSY_POLL_SECONDS / 2:
            for curl, (_ended, body) in list(self._transfers.items()):
                if is_flood(curl.getinfo(pycurl.ACTIVESOCKET), body):
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
        except Exception:  # an error in one probe must not end all the others
            logger.exception("a probe's step failed")


class OnEngine:
    """A base class with its own `Engine`, which runs within the ``async with`` block."""

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
        """Shut down a socket that keeps the thread busy, see `Engine.look_for_flood`. Call this every second."""
        self._engine.look_for_flood()

    async def wait_for(self, answer: "asyncio.Future[Answer]") -> Answer:
        """Return the result of *answer*, which the thread sets; checks for floods while it waits."""
        while not answer.done():
            await asyncio.wait([answer], timeout=FLOOD_POLL_SECONDS)
            self.look_for_flood()
        return answer.result()


def _curl_events(events: int) -> int:
    """Return *events* as libcurl's bits (``CSELECT_IN``, ``CSELECT_OUT``); an error sets both."""
    return (pycurl.CSELECT_IN if events & ~select.POLLOUT else 0) | (
        pycurl.CSELECT_OUT if events & ~select.POLLIN else 0
    )


class _Sockets:
    """Polls many sockets, with epoll if the system has it; `selectors` takes four times as long."""

    def __init__(self) -> None:
        self._epoll = select.epoll() if hasattr(select, "epoll") else None
        self._all = self._epoll or select.poll()
        self.register, self.modify = self._all.register, self._all.modify

    def unregister(self, descriptor: int) -> None:
        """Stop polling this socket, which may be closed already."""
        try:  # noqa: SIM105 - suppress() takes five times as long
            self._all.unregister(descriptor)
        except (OSError, KeyError):
            pass

    def wait(self, seconds: float) -> list[tuple[int, int]]:
        """Return descriptors with their events as soon as there are any, or nothing after *seconds*."""
        if self._epoll is not None:
            return self._epoll.poll(seconds, MAX_EVENTS)
        return self._all.poll(seconds * 1_000)

    def close(self) -> None:
        if self._epoll is not None:
            self._epoll.close()
