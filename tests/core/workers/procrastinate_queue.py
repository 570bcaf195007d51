"""The job queue on Procrastinate: not shipped, but what shows that the port fits a second engine."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

import procrastinate
import psycopg
from sqlalchemy import URL
from sqlalchemy.orm import Session

from core.workers.job_queue import Handle

RETRY_SECONDS = 0.2
END_SECONDS = 3.0

logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # a job that is given back is an error to it


class NotDone(Exception):
    """Makes Procrastinate give the job to another process."""


class ProcrastinateQueue:
    def __init__(self, url: URL, name: str) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._name = name
        self._deferring = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=self._address))
        self._is_stopping = asyncio.Event()
        self._works = asyncio.Event()
        self._has_tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def trouble(self) -> str | None:
        return None if self._works.is_set() or self._task is None else "The job queue cannot be reached."

    async def start(self, handle: Handle, *, at_once: int) -> None:
        self._task = asyncio.create_task(self._keep_working(handle, at_once))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_tried.wait(), 5)

    def put(self, db: Session, jobs: Sequence[bytes]) -> None:
        connection = db.connection().connection.driver_connection
        task = self._deferring.configure_task(self._name, queue=self._name, connection=connection)
        for job in jobs:
            task.defer(payload=job.decode())

    async def stop(self) -> None:
        self._is_stopping.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=END_SECONDS)
            self._task.cancel()
            await asyncio.wait([self._task], timeout=END_SECONDS)

    async def _keep_working(self, handle: Handle, at_once: int) -> None:
        while not self._is_stopping.is_set():
            with suppress(psycopg.Error, OSError, procrastinate.exceptions.ProcrastinateException):
                await self._work(handle, at_once)
            self._works.clear()
            self._has_tried.set()
            await asyncio.sleep(RETRY_SECONDS)

    async def _work(self, handle: Handle, at_once: int) -> None:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=self._address, timeout=2))

        @app.task(name=self._name, retry=procrastinate.RetryStrategy(retry_exceptions={NotDone}))
        async def run(payload: str) -> None:
            doing = asyncio.ensure_future(handle(payload.encode()))
            stopping = asyncio.ensure_future(self._is_stopping.wait())
            await asyncio.wait([doing, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not (doing.done() and doing.result()):
                doing.cancel()
                raise NotDone

        async with await psycopg.AsyncConnection.connect(self._address):
            pass  # the pool would try for long
        async with app.open_async():
            if not await app.check_connection_async():
                await app.schema_manager.apply_schema_async()
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[self._name],
                    concurrency=at_once,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=0.2,
                    shutdown_graceful_timeout=1,
                )
            )
            self._works.set()
            self._has_tried.set()
            stopping = asyncio.create_task(self._is_stopping.wait())
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            working.cancel()
            await asyncio.wait([working], timeout=END_SECONDS)
