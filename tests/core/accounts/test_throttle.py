"""Repeated failures delay sign-ins, but never lock an account for good."""

from datetime import timedelta

import pytest

from core.accounts import throttle
from tests.factories import NOON


def test_the_first_failures_cause_no_delay() -> None:
    assert throttle.allowed_at("user:ada", 3, NOON) == NOON
    assert throttle.allowed_at("address:127.0.0.1", 10, NOON) == NOON


def test_the_delay_doubles_up_to_a_quarter_of_an_hour() -> None:
    delays = [(throttle.allowed_at("user:ada", failures, NOON) - NOON).total_seconds() for failures in range(4, 8)]

    assert delays == [2, 4, 8, 16]
    assert throttle.allowed_at("user:ada", 10_000, NOON) - NOON == throttle.LONGEST_DELAY


def test_failures_are_forgotten_after_a_day() -> None:
    assert not throttle.is_forgotten(NOON, NOON + timedelta(hours=23))
    assert throttle.is_forgotten(NOON, NOON + timedelta(hours=25))


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("a local socket", "a local socket"),
    ],
)
def test_attempts_count_for_a_customers_whole_network(address: str, place: str) -> None:
    assert throttle.place_of(address) == place
