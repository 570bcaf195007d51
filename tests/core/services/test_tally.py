"""Checks are aggregated into tallies."""

from core.models import MonitorStatus
from core.services.tally import Measured, Tally


def measured(status: MonitorStatus = MonitorStatus.UP, ms: float | None = 100.0, dns: float | None = None) -> Measured:
    return Measured(
        website_id=1,
        checked_at=None,
        status=status,
        http_status_code=None if ms is None else 200,
        response_time_ms=ms,
        dns_time_ms=dns,
        connect_time_ms=2.0,
        tls_time_ms=None,
        ttfb_ms=50.0,
        download_time_ms=1.0,
    )


def test_times_are_of_checks_with_a_response_and_phases_of_checks_that_have_them() -> None:
    tally = Tally()

    for check in (measured(dns=4.0), measured(ms=300.0), measured(MonitorStatus.DOWN, ms=None, dns=9.0)):
        tally.add(check)

    assert (tally.checks, tally.up, tally.down, tally.answered) == (3, 2, 1, 2)
    assert (tally.response_ms, tally.fastest_ms, tally.slowest_ms) == (400.0, 100.0, 300.0)
    assert (tally.dns_ms, tally.dns_checks, tally.connect_checks, tally.tls_checks) == (4.0, 1, 2, 0)


def test_two_added_tallies_equal_that_of_all_checks() -> None:
    whole, one, other = Tally(), Tally(), Tally()
    for number in range(10):
        check = measured(ms=10.0 * number)
        whole.add(check)
        (one if number % 3 else other).add(check)

    one.merge(other.row())

    assert one.row() == whole.row()


def test_a_percentile_of_one_value_is_that_value() -> None:
    tally = Tally()

    tally.add(measured(ms=123.456))

    assert tally.quantile(0.95) == 123.456
    assert Tally().quantile(0.95) is None
