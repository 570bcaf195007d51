"""Runs a dispatcher in a process of its own that stops at a chosen point, where a test kills it."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Literal

from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.database import run_in_session
from core.models import ChannelKind, NotificationEvent, NotificationState
from core.notifications.channels import Sender
from core.notifications.dispatch import Dispatcher
from core.notifications.links import Links
from core.notifications.message import Message
from core.notifications.outbox import Change, announce
from core.notifications.retries import LEASE
from core.services import NotificationCRUD
from tests.core.notifications.conftest import SEALER, make_channel, make_rule
from tests.factories import make_website, make_window

POINTS: tuple[Literal["before", "after"], ...] = ("before", "after")
"""Where it dies: between lease and send, and between send and the mark that it was sent."""
sender = Sender(lambda _host, _address, _port: None)
READY_SECONDS = 30.0
LINKS = Links(root="https://watch.example")

_forks = get_context("forkserver")
_forks.set_forkserver_preload([__name__])  # imports once, so that each process starts within milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The results of notifications, by key."""

    written: set[str]
    sent: set[str]
    received: set[str]
    repeated: int
    """How many messages arrived again."""


class Receiver:
    """A webhook that accepts every message and counts them by idempotency key."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                key = self.headers["webhook-id"]
                receiver.counts[key] = receiver.counts.get(key, 0) + 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_given: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    @contextmanager
    def listening(self) -> Iterator["Receiver"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def goes_down(url: str, channels: int) -> None:
    """Announce a failure to each of *channels*."""

    def work(db: Session) -> None:
        for number in range(channels):
            channel = make_channel(db, name=f"Channel {number}", address={"url": f"{url}{number}"})
            make_rule(db, channel, name=f"Rule {number}")
        window = make_window(db, make_website(db), started_at=utc_now())
        change = Change(
            event=NotificationEvent.DOWN,
            website_id=window.website_id,
            window_id=window.id,
            happened_at=window.started_at,
            episode=str(window.id),
        )
        announce(db, [change])

    run_in_session(work)


async def outlive(store_url: str, *, channels: int, kills: int) -> Outcome:
    """Kill dispatchers on the bound store at *store_url* one by one, and let a last one finish."""
    with Receiver().listening() as receiver:
        goes_down(receiver.url, channels)
        now = utc_now()
        for kill in range(kills):
            killed(store_url, now, POINTS[kill % len(POINTS)])
            now += LEASE + timedelta(seconds=1)
        await Dispatcher(SEALER, LINKS, sender).send_due(now)
    outbox, _total = run_in_session(lambda db: NotificationCRUD.get_all(db, limit=1_000))
    return Outcome(
        written={one.key for one in outbox},
        sent={one.key for one in outbox if one.state is NotificationState.SENT},
        received=set(receiver.counts),
        repeated=sum(receiver.counts.values()) - len(receiver.counts),
    )


def killed(store_url: str, now: datetime, point: Literal["before", "after"]) -> None:
    """Run a dispatcher at the time *now*, and SIGKILL it at *point* of its second message."""
    ours, theirs = _forks.Pipe(duplex=False)
    process = _forks.Process(target=_dispatch, args=(store_url, now, point, theirs))
    process.start()
    theirs.close()
    assert ours.poll(READY_SECONDS), "the dispatcher never came to the point"
    ours.recv()
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join(READY_SECONDS)
    assert process.exitcode == -signal.SIGKILL


def _dispatch(store_url: str, now: datetime, point: str, told: Connection) -> None:
    database.bind(database.make_engine(store_url))
    asyncio.run(Dispatcher(SEALER, LINKS, _Stopping(point, told)).send_due(now))


class _Stopping:
    """Sends the first message, reports the second one before or after sending it, and then stops."""

    def __init__(self, point: str, told: Connection) -> None:
        self._point, self._told, self._count = point, told, 0

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        self._count += 1
        number = self._count
        if number > 2 or (number == 2 and self._point == "before"):
            await self._stop(number)
        answer = await sender(kind, address, message, key)
        if number == 2:
            await self._stop(number)
        return answer

    async def _stop(self, number: int) -> None:
        if number == 2:
            self._told.send(number)
        await asyncio.Event().wait()
