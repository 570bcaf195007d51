"""Whoever waits for a server that does not answer goes on when it is time to end."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from core.database import make_engine
from core.hanging_up import HangingUp
from tests import postgres


@pytest.fixture
def engine() -> Iterator[Engine]:
    with postgres.engine() as engine:
        yield engine


def test_who_waits_goes_on_and_nobody_asks_again(engine: Engine) -> None:
    hanging_up = HangingUp(engine)
    with ThreadPoolExecutor(1) as pool, engine.connect() as connection:
        waiting = pool.submit(connection.execute, text("SELECT pg_sleep(600)"))
        sleep(0.1)

        hanging_up.now()

        with pytest.raises(OperationalError):
            waiting.result(timeout=20)
    with pytest.raises(OperationalError, match="about to end"):
        engine.connect()


def test_it_is_only_where_nobody_answers(engine: Engine) -> None:
    well, frozen = HangingUp(engine), socket.create_server(("127.0.0.1", 0))  # whose kernel answers, and nobody else
    away = make_engine(f"postgresql+psycopg://me@127.0.0.1:{frozen.getsockname()[1]}/none")
    ours = HangingUp(away)

    well.unless_it_answers()
    ours.unless_it_answers()

    deadline = monotonic() + 20
    while not ours.is_over and monotonic() < deadline:
        sleep(0.01)
    assert ours.is_over
    assert not well.is_over
    well.now()  # ends its thread
    frozen.close()


def test_a_file_is_never_waited_for_like_that() -> None:
    engine = make_engine("sqlite://")

    HangingUp(engine).now()

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()
