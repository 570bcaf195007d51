"""The wall clock of a process may be put right without touching the machine's."""

from datetime import UTC, datetime, timedelta

from core import clock

SKEW = timedelta(hours=1)


def test_a_process_may_go_by_another_clock() -> None:
    try:
        clock.go_by(datetime.now(UTC) + SKEW)

        assert abs(clock.utc_now() - (datetime.now(UTC) + SKEW)) < timedelta(seconds=1)
    finally:
        clock.go_by(datetime.now(UTC))
