"""A process can correct its wall clock without changing the machine's."""

from datetime import UTC, datetime, timedelta

from core import clock

SKEW = timedelta(hours=1)


def test_set_clock_shifts_the_clock_of_this_process() -> None:
    try:
        clock.set_clock(datetime.now(UTC) + SKEW)

        assert abs(clock.utc_now() - (datetime.now(UTC) + SKEW)) < timedelta(seconds=1)
    finally:
        clock.set_clock(datetime.now(UTC))
