"""Listening on an address that is not available says why."""

import pytest

from core.errors import CannotServe
from dashboard.server import listen


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotServe) as refused:
        listen("192.0.2.1", 8080)

    assert str(refused.value).startswith("Cannot listen on 192.0.2.1:8080: ")
    assert "Set another WATCHWRIGHT_PORT or WATCHWRIGHT_HOST" in str(refused.value)
    assert "while attempting" not in str(refused.value)


def test_a_port_that_is_taken_is_refused() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(CannotServe) as refused:
        listen("127.0.0.1", taken.getsockname()[1])

    assert str(refused.value).partition(": ")[2] == (
        "Address already in use. "
        "Set another WATCHWRIGHT_PORT or WATCHWRIGHT_HOST, or stop the process that uses this one."
    )
