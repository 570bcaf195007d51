"""The delay before a restart grows; tests/e2e/test_monitor_process.py tests crashes and the end."""

from pathlib import Path

import pytest

from core.config import Settings
from core.workers.monitor_process import POLL_SECONDS, MonitorProcess, SignsOfLife, restart_delay
from tests.waiting import until


@pytest.mark.parametrize(("falls", "seconds"), [(1, 0.5), (2, 1), (5, 8), (7, 30), (1_000, 30)])
def test_the_delay_before_a_restart_doubles_up_to_half_a_minute(falls: int, seconds: float) -> None:
    assert restart_delay(falls) == seconds


def test_a_process_without_a_sign_of_life_hangs() -> None:
    signs = SignsOfLife(0.0)
    assert not signs.is_silent(POLL_SECONDS)  # it takes its time to start
    signs.record_report(POLL_SECONDS)

    told = [signs.is_silent(number * POLL_SECONDS) for number in range(2, 9)]

    assert told == [False, False, False, False, False, False, True]


def test_time_in_which_this_process_was_frozen_does_not_count_as_silence() -> None:
    signs = SignsOfLife(0.0)
    signs.record_report(4.0)

    before = signs.is_silent(5.0)
    told = [signs.is_silent(125.0 + number * POLL_SECONDS) for number in range(7)]

    assert not before
    assert told == [False] * 5 + [True] * 2


async def test_no_process_is_started_while_the_store_is_missing(tmp_path: Path) -> None:
    told: list[str] = []
    away = MonitorProcess(Settings(data_dir=tmp_path / "moved"), fell=told.append, first=None)

    await away.start()
    await until(lambda: told)

    assert away._process is None and not (tmp_path / "moved").exists()
    assert "is missing, so websites are not checked" in told[0]
    await away.stop()
