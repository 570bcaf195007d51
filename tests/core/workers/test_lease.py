"""Workers of a fleet share the store's lease, which excludes a single monitor."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core.database import make_engine
from core.workers.lease import FileLease, lease_of
from tests import postgres


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with postgres.engine() as engine:
        yield engine


def test_a_missing_folder_is_waited_for(tmp_path: Path) -> None:
    lease = FileLease(tmp_path / "away" / "lock")

    assert not lease.take()
    (tmp_path / "away").mkdir()
    assert lease.take()

    lease.release()


def test_a_read_only_file_can_be_locked(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.mkdir()  # as little to be written to as a file on a read-only disk
    one, other = FileLease(path), FileLease(path)

    assert one.take()
    assert not other.take()

    one.release()


def test_workers_of_a_fleet_share_the_lease_and_exclude_a_single_monitor(engine: Engine) -> None:
    one, other, alone = lease_of(engine, is_fleet=True), lease_of(engine, is_fleet=True), lease_of(engine)

    assert one.take()
    assert other.take()
    assert not alone.take()

    one.release()
    assert not alone.take()
    other.release()
    assert alone.take()
    alone.release()


def test_a_fleet_stands_by_while_a_single_monitor_checks(engine: Engine) -> None:
    alone, worker = lease_of(engine), lease_of(engine, is_fleet=True)
    assert alone.take()

    assert not worker.take()

    alone.release()
    assert worker.take()
    worker.release()


def test_a_fleet_worker_gets_the_lease_again_after_the_store_was_unavailable(engine: Engine) -> None:
    worker, alone = lease_of(engine, is_fleet=True), lease_of(engine)
    assert worker.take()
    _end_other_connections(engine)

    assert worker.is_held()

    assert not alone.take()
    worker.release()


def test_a_fleet_worker_loses_the_lease_to_a_single_monitor(engine: Engine) -> None:
    worker, alone = lease_of(engine, is_fleet=True), lease_of(engine)
    assert worker.take()
    _end_other_connections(engine)
    assert alone.take()

    assert not worker.is_held()

    alone.release()


def test_an_unavailable_store_changes_nothing_for_a_fleet(unused_tcp_port: int) -> None:
    away = make_engine(f"postgresql+psycopg://nobody@127.0.0.1:{unused_tcp_port}/none")
    worker, alone = lease_of(away, is_fleet=True), lease_of(away)

    assert not worker.take()
    assert worker.is_held()
    assert alone.take() is None
    assert alone.is_held() is None
    assert not alone.can_be_asked()


def test_a_single_monitor_gets_the_lease_again_unless_another_holds_it(engine: Engine) -> None:
    first, second = lease_of(engine), lease_of(engine)
    assert first.take()
    _end_other_connections(engine)
    assert first.is_held()
    assert second.take() is False

    _end_other_connections(engine)
    assert second.take()

    assert first.is_held() is False
    second.release()


def _end_other_connections(engine: Engine) -> None:
    """As a restart of PostgreSQL does; returns when they are gone."""
    others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid, 10000) {others}"))
