"""Slots as jobs of the queue: so many in one that workers share what is due, and that a job costs next to nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import orjson

from core.services.check_schedule import Slot

JOB_SLOTS = (10, 100)  # of a job, at least and at most
JOBS_PER_TURN = 8  # into which what is due is divided
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def jobs_of(slots: Sequence[Slot]) -> list[bytes]:
    """*slots* in jobs, so that each worker may have some."""
    least, most = JOB_SLOTS
    size = min(max(-(-len(slots) // JOBS_PER_TURN), least), most)
    return [as_job(slots[start : start + size]) for start in range(0, len(slots), size)]


def as_job(slots: Sequence[Slot]) -> bytes:
    """*slots* in one job."""
    return orjson.dumps(
        [(slot.website_id, (slot.due_at - EPOCH) // timedelta(microseconds=1), slot.interval_seconds) for slot in slots]
    )


def slots_of(job: bytes) -> list[Slot]:
    """What `as_job` put into a job."""
    return [
        Slot(website_id=website_id, due_at=EPOCH + timedelta(microseconds=due_us), interval_seconds=interval_seconds)
        for website_id, due_us, interval_seconds in orjson.loads(job)
    ]
