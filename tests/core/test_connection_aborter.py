"""Threads that wait for an unresponsive PostgreSQL server are released when the process stops."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from core.connection_aborter import ConnectionAborter
from core.database import make_engine
from tests import postgres


@pytest.fixture
def engine() -> Iterator[Engine]:
    with postgres.engine() as engine:
        yield engine


def test_abort_fails_running_queries_and_refuses_new_connections(engine: Engine) -> None:
    aborter = ConnectionAborter(engine)
    with ThreadPoolExecutor(1) as pool, engine.connect() as connection:
        waiting = pool.submit(connection.execute, text("SELECT pg_sleep(600)"))
        sleep(0.1)

        aborter.abort()

        with pytest.raises(OperationalError):
            waiting.result(timeout=20)
    with pytest.raises(OperationalError, match="about to end"):
        engine.connect()


def test_only_an_unresponsive_server_is_aborted(engine: Engine) -> None:
    frozen = socket.create_server(("127.0.0.1", 0))  # its kernel accepts connections, but no process answers
    unresponsive = make_engine(f"postgresql+psycopg://me@127.0.0.1:{frozen.getsockname()[1]}/none")
    healthy_aborter, frozen_aborter = ConnectionAborter(engine), ConnectionAborter(unresponsive)

    healthy_aborter.abort_if_unresponsive()
    frozen_aborter.abort_if_unresponsive()

    deadline = monotonic() + 20
    while not frozen_aborter.has_aborted and monotonic() < deadline:
        sleep(0.01)
    assert frozen_aborter.has_aborted
    assert not healthy_aborter.has_aborted
    healthy_aborter.abort()  # ends its thread
    frozen.close()


def test_sqlite_is_left_alone() -> None:
    engine = make_engine("sqlite://")

    ConnectionAborter(engine).abort()

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()
