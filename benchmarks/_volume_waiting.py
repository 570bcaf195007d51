"""Measures how long writers of checks wait while a month's table is created or dropped."""

import threading
import time
from collections.abc import Callable
from statistics import median

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks._volume_stage import Stage
from core.clock import utc_now
from core.models import MonitorStatus
from core.models.months import Month
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, coverage, months

WRITERS = 4
BATCH = 25  # checks per transaction of a worker
AROUND_SECONDS = 1.0  # time to store checks before and after the change


def waiting(stage: Stage, past: Month) -> None:
    """Drop *past* and create a future month, each while others store checks, and print how long those wait."""
    print("\n| meanwhile, 25 checks are stored by each of 4 writers | half within | most |\n| --- | --- | --- |")
    with stage.split.connect() as connection:
        ahead = months.existing(connection)[-1].following
    for what, change in (
        ("nothing else happens", lambda _db: True),
        ("a month is made ahead", lambda db: months.make(db, ahead)),
        ("a month is dropped", lambda db: months.drop(db, past)),
    ):
        took = beside(stage.split, change)
        print(f"| {what} | {median(took) * 1_000:.1f} ms | {max(took) * 1_000:.1f} ms |", flush=True)


def beside(engine: Engine, change: Callable[[Session], bool]) -> list[float]:
    """Return the seconds that each batch of checks took before, during and after *change*."""
    took: list[float] = []
    is_over = threading.Event()
    writers = [threading.Thread(target=_write, args=(engine, number, took, is_over)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(AROUND_SECONDS)
    with Session(engine) as db, db.begin():
        assert change(db)
    time.sleep(AROUND_SECONDS)
    is_over.set()
    for writer in writers:
        writer.join()
    return took


def _write(engine: Engine, number: int, took: list[float], is_over: threading.Event) -> None:
    websites = range(1 + number * BATCH, 1 + (number + 1) * BATCH)
    while not is_over.is_set():
        began = time.perf_counter()
        with Session(engine) as db, db.begin():
            coverage.validity_of(db, websites, is_held=True)
            checks = [
                MonitorCheckCreate(website_id=website_id, status=MonitorStatus.UP, checked_at=utc_now())
                for website_id in websites
            ]
            MonitorCheckCRUD.insert_many(db, checks)
        took.append(time.perf_counter() - began)
