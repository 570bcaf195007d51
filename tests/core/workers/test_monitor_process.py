"""How soon the monitor's process is started again; how it falls and ends is in tests/e2e/test_monitor_process.py."""

import pytest

from core.workers.monitor_process import restart_delay


@pytest.mark.parametrize(("falls", "seconds"), [(1, 0.5), (2, 1), (5, 8), (7, 30), (1_000, 30)])
def test_the_next_start_waits_twice_as_long_up_to_half_a_minute(falls: int, seconds: float) -> None:
    assert restart_delay(falls) == seconds
