"""Packs slots into queue jobs: large enough to be cheap, small enough to share among workers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import orjson

from core.batches import batched
from core.services.check_schedule import Slot

JOB_SLOTS = (10, 100)  # the smallest and largest number of slots per job
JOBS_PER_TURN = 8  # the preferred number of jobs per claim
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def jobs_of(slots: Sequence[Slot]) -> list[bytes]:
    """Return *slots* divided into jobs, so that each worker can get some."""
    least, most = JOB_SLOTS
    size = min(max(-(-len(slots) // JOBS_PER_TURN), least), most)
    return [as_job(batch) for batch in batched(slots, size)]


def as_job(slots: Sequence[Slot]) -> bytes:
    """Return *slots* encoded as one job."""
    return orjson.dumps(
        [(slot.website_id, (slot.due_at - EPOCH) // timedelta(microseconds=1), slot.interval_seconds) for slot in slots]
    )


def slots_of(job: bytes) -> list[Slot]:
    """Return the slots that `as_job` encoded."""
    return [
        Slot(website_id=website_id, due_at=EPOCH + timedelta(microseconds=due_us), interval_seconds=interval_seconds)
        for website_id, due_us, interval_seconds in orjson.loads(job)
    ]
