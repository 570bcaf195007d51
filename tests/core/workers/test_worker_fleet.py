"""A fleet of real processes goes through what befalls machines: nothing is checked twice, nothing is left out."""

import time
from datetime import timedelta

from benchmarks._fleet_stage import kept, staged, store_now
from benchmarks.monitor import answering

WEBSITES = 200
INTERVAL = 16
LATE_SECONDS = 15.0
"""The most that a check may be late: 8 s until a dead worker is noticed, and a busy machine."""


def test_workers_are_killed_frozen_and_wrong_about_the_time_and_postgresql_is_restarted() -> None:
    with answering() as port, staged([f"http://127.0.0.1:{port}/{n}" for n in range(WEBSITES)], interval=INTERVAL) as s:
        killed, frozen = s.hire(2)
        s.hire(ahead_seconds=3_600)
        s.await_workers()

        since = store_now(s)
        killed.kill()
        frozen.freeze()
        time.sleep(10)
        frozen.thaw()
        s.postgres.stop()
        s.postgres.start()
        time.sleep(INTERVAL - 10)
        until = store_now(s)
        time.sleep(4)  # what was due just now is stored

        found = kept(s, since=since, until=until - timedelta(seconds=1))
        assert (found.doubles, found.lost) == (0, 0)
        assert found.checks >= WEBSITES
        assert found.late(0) > -1
        assert found.late(1) < LATE_SECONDS
