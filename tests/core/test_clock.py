"""A process can correct its wall clock without changing the machine's, and moments are in UTC."""

from datetime import UTC, datetime, timedelta

from core import clock

SKEW = timedelta(hours=1)


def test_set_clock_shifts_the_clock_of_this_process() -> None:
    try:
        clock.set_clock(datetime.now(UTC) + SKEW)

        assert abs(clock.utc_now() - (datetime.now(UTC) + SKEW)) < timedelta(seconds=1)
    finally:
        clock.set_clock(datetime.now(UTC))


def test_seconds_since_1970_are_a_moment_in_utc() -> None:
    assert clock.utc_at(1_764_000_000.5) == datetime(2025, 11, 24, 16, 0, 0, 500_000, tzinfo=UTC)


def test_a_moment_within_the_tolerance_is_not_ahead() -> None:
    now = clock.utc_now()

    assert not clock.is_ahead(now + clock.CLOCK_TOLERANCE - timedelta(seconds=1))
    assert clock.is_ahead(now + clock.CLOCK_TOLERANCE + timedelta(seconds=5))
