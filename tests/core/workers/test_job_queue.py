"""Job queues keep their contract on a real PostgreSQL: the one that we ship, and a second one."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from core.database import make_engine
from core.workers.job_queue import Handle, JobQueue
from core.workers.pgqueuer_queue import PgQueuerQueue, address_of, trust_of
from tests import postgres
from tests.core.workers.procrastinate_queue import ProcrastinateQueue
from tests.waiting import until

SOON = 15.0  # s; what is awaited here takes well under one

Kind = tuple[type[PgQueuerQueue] | type[ProcrastinateQueue], Engine]


@pytest.fixture(scope="module", params=[PgQueuerQueue, ProcrastinateQueue], ids=["pgqueuer", "procrastinate"])
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    url = postgres.new_database()
    engine = make_engine(url)
    yield request.param, engine
    engine.dispose()
    postgres.drop_database(url)


class Queues:
    """Starts queues on one store, as so many processes would, and ends them."""

    def __init__(self, kind: type[PgQueuerQueue] | type[ProcrastinateQueue], engine: Engine, name: str) -> None:
        self._kind, self.engine, self._name = kind, engine, name
        self.started: list[JobQueue] = []

    async def start(self, handle: Handle, *, at_once: int = 5) -> JobQueue:
        queue = self._kind(self.engine.url, self._name)
        self.started.append(queue)
        await queue.start(handle, at_once=at_once)
        return queue

    async def put(self, queue: JobQueue, *jobs: bytes, is_kept: bool = True) -> None:
        def work() -> None:
            with Session(self.engine) as db:
                queue.put(db, jobs)
                db.commit() if is_kept else db.rollback()

        await asyncio.to_thread(work)


@pytest.fixture
async def queues(kind: Kind) -> AsyncIterator[Queues]:
    queues = Queues(*kind, name=uuid4().hex[:12])
    yield queues
    await asyncio.gather(*(queue.stop() for queue in queues.started))


class Doing:
    """A handler that notes what it was given."""

    def __init__(self, *, is_done: bool = True) -> None:
        self.given: asyncio.Queue[bytes] = asyncio.Queue()
        self.seen: list[bytes] = []
        self.under_way = self.most = self.deaths = 0
        self.is_done = is_done
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self, job: bytes, deaths: int = 0, /) -> bool:
        self.seen.append(job)
        self.deaths = deaths
        self.given.put_nowait(job)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.may_end.wait()
        finally:
            self.under_way -= 1
        return self.is_done

    async def next(self) -> bytes:
        return await asyncio.wait_for(self.given.get(), SOON)


async def test_a_job_is_delivered_with_its_content(queues: Queues) -> None:
    doing = Doing()
    queue = await queues.start(doing)

    await queues.put(queue, b'{"website": 7}')

    assert await doing.next() == b'{"website": 7}'
    assert queue.trouble is None


async def test_jobs_of_a_rolled_back_transaction_do_not_run(queues: Queues) -> None:
    doing = Doing()
    queue = await queues.start(doing)

    await queues.put(queue, b"never", is_kept=False)
    await queues.put(queue, b"done")

    assert await doing.next() == b"done"
    assert doing.seen == [b"done"]


async def test_each_job_is_done_by_one_of_several_processes(queues: Queues) -> None:
    first, second = Doing(), Doing()
    queue = await queues.start(first)
    await queues.start(second)
    jobs = [b"%d" % number for number in range(40)]

    await queues.put(queue, *jobs)

    await until(lambda: len(first.seen) + len(second.seen) >= len(jobs))
    assert sorted([*first.seen, *second.seen]) == sorted(jobs)


async def test_the_number_of_concurrent_jobs_of_a_process_is_limited(queues: Queues) -> None:
    doing = Doing()
    doing.may_end.clear()
    queue = await queues.start(doing, at_once=3)

    await queues.put(queue, *(b"%d" % number for number in range(9)))
    await until(lambda: doing.under_way == 3)
    doing.may_end.set()
    await until(lambda: len(doing.seen) == 9)

    assert doing.most == 3


async def test_an_unfinished_job_is_delivered_again(queues: Queues) -> None:
    doing = Doing(is_done=False)
    queue = await queues.start(doing)

    await queues.put(queue, b"again")
    await doing.next()
    doing.is_done = True

    assert await doing.next() == b"again"


async def test_jobs_of_an_ended_process_are_delivered_to_another(queues: Queues) -> None:
    ending, staying = Doing(), Doing()
    ending.may_end.clear()
    queue = await queues.start(ending)
    await queues.put(queue, b"mine", b"too")
    await ending.next()
    await ending.next()

    await queues.start(staying)
    await queue.stop()

    assert {await staying.next(), await staying.next()} == {b"mine", b"too"}


async def test_work_continues_after_its_connections_were_closed(queues: Queues) -> None:
    doing = Doing()
    queue = await queues.start(doing)
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()")
    cut_others = text(f"{cut.text} AND pid <> pg_backend_pid()")

    with queues.engine.connect() as connection:
        connection.execute(cut_others)
    await queues.put(queue, b"after")

    assert await doing.next() == b"after"


async def test_an_unavailable_store_is_reported_and_stops_the_queue(queues: Queues) -> None:
    queues.engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    queue = await queues.start(Doing())

    assert queue.trouble is not None
    await asyncio.wait_for(queue.stop(), SOON)


PUT_LONG_AGO = """
UPDATE watchwright_queue.pgqueuer SET created = created - interval '1 minute' WHERE entrypoint = :name
"""
TAKEN_AND_LEFT = """
WITH taken AS (
    UPDATE watchwright_queue.pgqueuer SET status = 'picked', heartbeat = now() - interval '1 minute'
    WHERE entrypoint = :name RETURNING *
) INSERT INTO watchwright_queue.pgqueuer_log (job_id, status, entrypoint, priority)
SELECT id, status, entrypoint, priority FROM taken
"""
NOTED_LONG_AGO = """
INSERT INTO watchwright_queue.pgqueuer_log (created, job_id, status, entrypoint, priority)
VALUES (now() - interval '2 hours', 1, 'successful', :name, 0)
"""


async def test_the_number_of_processes_that_died_with_a_job_is_counted(queues: Queues) -> None:
    if queues._kind is not PgQueuerQueue:
        return  # the other one cannot tell
    first = await queues.start(Doing())  # which makes the tables
    await first.stop()
    await queues.put(first, b"deadly")
    with queues.engine.begin() as connection:
        for story in (PUT_LONG_AGO, TAKEN_AND_LEFT, TAKEN_AND_LEFT, NOTED_LONG_AGO):
            connection.execute(text(story), {"name": queues._name})

    doing = Doing()
    await queues.start(doing)

    assert await doing.next() == b"deadly"
    assert doing.deaths == 2
    with queues.engine.connect() as connection:
        old = text("SELECT count(*) FROM watchwright_queue.pgqueuer_log WHERE created < now() - interval '1 hour'")
        assert connection.scalar(old) == 0


async def test_missing_rights_to_create_tables_are_reported() -> None:
    with postgres.engine() as owner:
        name = f"stranger_of_{owner.url.database}"
        with owner.begin() as connection:
            connection.execute(text(f"CREATE USER {name}"))
        queue = PgQueuerQueue(owner.url.set(username=name), "checks")

        await queue.start(Doing(), at_once=1)
        told = queue.trouble
        await queue.stop()

        with owner.begin() as connection:
            connection.execute(text(f"DROP USER {name}"))
    assert told is not None
    assert "Make it the owner of the database" in told


def test_the_certificates_of_the_system_are_trusted() -> None:
    named = make_url("postgresql+psycopg://me@db.example/watch?sslmode=verify-full&sslrootcert=/etc/ca.pem")
    system = named.update_query_dict({"sslrootcert": "system"})

    trust = trust_of(system)

    assert trust is not None
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert address_of(system) == "postgresql://me@db.example/watch?sslmode=verify-full"
    assert trust_of(named) is None
    assert "sslrootcert" in address_of(named)
