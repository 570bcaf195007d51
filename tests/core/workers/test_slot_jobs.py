"""Jobs encode slots exactly, and are small enough to share among workers."""

from core.services.check_schedule import Slot
from core.workers.slot_jobs import jobs_of, slots_of
from tests.factories import at


def test_jobs_contain_slots_exactly_and_split_them_among_workers() -> None:
    slots = [Slot(website_id=n, due_at=at(n / 7), interval_seconds=30) for n in range(250)]

    jobs = jobs_of(slots)

    assert [slot for job in jobs for slot in slots_of(job)] == slots
    assert len(jobs) == 8
    assert len(jobs_of(slots[:12])) == 2
    assert len(jobs_of(slots * 10)) == 25
    assert jobs_of([]) == []
