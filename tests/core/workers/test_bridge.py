"""Signals reach other processes on either kind of store."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from select import select

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from core import signals
from core.database import make_engine
from core.services import fleet_state
from core.services.fleet_state import Process
from core.workers import bridge
from core.workers.bridge import Bridge
from core.workers.message_bus import MessageBus
from core.workers.pgqueuer_queue import APPLICATION
from core.workers.postgres_bus import PostgresBus
from core.workers.socket_bus import SocketBus
from tests import postgres
from tests.waiting import until

SOON = 10.0  # s; all of it takes milliseconds
CHECK = signals.CheckRecorded(website_id=1, check_id=2)


@pytest.fixture(params=["sqlite", "postgresql", "several postgresql"])
def posts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[MessageBus, MessageBus]]:
    """The posts of two processes on one store."""
    if request.param == "sqlite":
        yield SocketBus(tmp_path / "sockets"), SocketBus(tmp_path / "sockets")
        return
    url = postgres.new_database()
    address = make_url(url)
    if request.param == "several postgresql":  # at the other one nobody answers
        address = address.set(query={"host": (str(address.query["host"]), "127.0.0.1:9")})
    yield PostgresBus(address, "dashboard"), PostgresBus(address, "checks@eu")
    postgres.drop_database(url)


@pytest.fixture
async def told(posts: tuple[MessageBus, MessageBus]) -> AsyncIterator[tuple[Bridge, asyncio.Queue[bytes]]]:
    """The bridge of this process, and what reaches another one."""
    here, there = posts
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await there.start(heard.put_nowait)
    bridge_here = Bridge(here)
    await bridge_here.start()
    yield bridge_here, heard
    await bridge_here.stop()
    await there.stop()


async def test_a_signal_reaches_another_process(told: tuple[Bridge, asyncio.Queue[bytes]]) -> None:
    _bridge, heard = told

    signals.check_recorded.send(CHECK)

    message = await asyncio.wait_for(heard.get(), SOON)
    assert bridge.facts(message, besides="another") == [(signals.check_recorded, CHECK)]


async def test_a_repeated_signal_is_not_sent_again(told: tuple[Bridge, asyncio.Queue[bytes]]) -> None:
    bridge_here, heard = told
    repeated: list[signals.CheckRecorded] = []
    disconnect = signals.check_recorded.connect(repeated.append)

    bridge_here.repeat(signals.check_recorded, CHECK)
    disconnect()
    last = signals.SignInEnded(sign_in_id=9)
    signals.sign_in_ended.send(last)

    message = await asyncio.wait_for(heard.get(), SOON)
    assert repeated == [CHECK]
    assert bridge.facts(message, besides="another") == [(signals.sign_in_ended, last)]


async def test_the_last_signals_are_sent_before_stopping(posts: tuple[MessageBus, MessageBus]) -> None:
    here, there = posts
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await there.start(heard.put_nowait)
    ending = Bridge(here)
    await ending.start()

    signals.check_recorded.send(CHECK)
    await ending.stop()

    assert b"check_recorded" in await asyncio.wait_for(heard.get(), SOON)
    await there.stop()


async def test_a_killed_process_is_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "sockets"
    killed, living = SocketBus(folder), SocketBus(folder)
    await killed.start(lambda _message: None)
    left = next(folder.iterdir())
    await killed.stop()
    await living.start(lambda _message: None)
    _as_a_killed_process_leaves_it(left)

    living.send(b"{}")
    await living.stop()

    assert list(folder.iterdir()) == []


async def test_a_folder_with_a_name_too_long_for_a_socket_is_supported(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40) / "sockets"
    here, there = SocketBus(folder), SocketBus(folder)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await there.start(heard.put_nowait)
    await here.start(lambda _message: None)

    here.send(b"{}")

    assert await asyncio.wait_for(heard.get(), SOON) == b"{}"
    await here.stop()
    await there.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="a folder is reached through /proc once it has moved")
async def test_messages_arrive_after_the_folder_was_moved(tmp_path: Path) -> None:
    folder, moved = tmp_path / "data/sockets", tmp_path / "moved"
    here, there = SocketBus(folder), SocketBus(folder)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await there.start(heard.put_nowait)
    await here.start(lambda _message: None)

    folder.parent.rename(moved)
    here.send(b"{}")

    assert await asyncio.wait_for(heard.get(), SOON) == b"{}"
    await here.stop()
    await there.stop()
    assert list((moved / "sockets").iterdir()) == []
    assert not folder.parent.exists()


def test_facts_are_decoded_as_they_were_encoded() -> None:
    said = [
        ("event_captured", signals.EventCaptured(session_id=1, event_ids=(1, 2, 3))),
        ("monitor_reported", signals.MonitorReported(monitor="a", is_checking=True, trouble=None)),
    ]

    (message,) = bridge.messages("me", said)

    assert [fact for _signal, fact in bridge.facts(message, besides="you")] == [fact for _name, fact in said]
    assert bridge.facts(message, besides="me") == []


def test_many_facts_are_split_into_messages_that_postgresql_accepts() -> None:
    said = [("check_recorded", signals.CheckRecorded(website_id=1, check_id=number)) for number in range(1_000)]

    messages = list(bridge.messages("0" * 16, said))

    assert max(map(len, messages)) < 8_000
    assert [fact for message in messages for _signal, fact in bridge.facts(message, besides="")] == [
        fact for _name, fact in said
    ]


@pytest.mark.parametrize(
    "message",
    [b"", b"[]", b"{}", b'{"by":"x","facts":[["check_recorded",{"no_such":1}]]}', b'{"by":"x","facts":[["later",{}]]}'],
    ids=["nothing", "a list", "no fields", "fields of another version", "a signal of another version"],
)
def test_undecodable_messages_are_skipped(message: bytes) -> None:
    assert bridge.facts(message, besides="me") == []


def _as_a_killed_process_leaves_it(path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(path))


@pytest.mark.parametrize("posts", ["postgresql"], indirect=True)
async def test_a_connected_process_is_listed_by_its_role(posts: tuple[MessageBus, MessageBus]) -> None:
    here, there = posts
    assert isinstance(here, PostgresBus)
    engine = make_engine(
        f"postgresql+psycopg://{here._options['user']}@/{here._options['dbname']}?host={here._options['host']}&application_name={APPLICATION}"
    )
    for bus in posts:
        await bus.start(lambda _message: None)

    def present() -> Counter[Process]:
        with Session(engine) as db:
            return fleet_state.processes(db)

    both = present()
    await there.stop()
    await until(lambda: len(present()) == 1)
    await here.stop()
    engine.dispose()

    assert both == {
        Process(version=version("watchwright"), role="dashboard"): 1,
        Process(version=version("watchwright"), role="checks", region="eu"): 1,
    }


@pytest.fixture
def database_url() -> Iterator[str]:
    """The URL of an empty PostgreSQL database of its own."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


async def test_the_database_does_not_end_an_idle_listening_connection(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(_conninfo(database_url)) as connection:
        connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET idle_session_timeout = 150')
    bus = PostgresBus(make_url(database_url), "dashboard")
    await bus.start(lambda _message: None)

    for _ in range(2):  # the loop has time to hear of ours, which would end before the second one
        with closing(psycopg.connect(_conninfo(database_url))) as idle:
            ended = (await asyncio.to_thread(select, [idle.fileno()], [], [], SOON))[0]
            assert ended

    assert bus.is_open
    await bus.stop()
    assert not caplog.records


async def test_a_message_on_a_broken_connection_is_sent_on_the_next_one(database_url: str) -> None:
    here, there = (PostgresBus(make_url(database_url), "dashboard") for _ in range(2))
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    await here.start(lambda _message: None)
    await there.start(heard.put_nowait)
    here.send(b"first")
    await asyncio.wait_for(heard.get(), SOON)

    with psycopg.connect(_conninfo(database_url)) as other:
        notifies = "datname = current_database() AND query LIKE 'SELECT pg_notify%'"
        ended = other.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {notifies}")
        assert ended.fetchall() == [(True,)]
    here.send(b"second")

    assert await asyncio.wait_for(heard.get(), SOON) == b"second"
    await here.stop()
    await there.stop()


def _conninfo(url: str) -> str:
    return url.replace("+psycopg", "")
