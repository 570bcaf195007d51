"""Apprise's warnings are collected within a block only."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from core.notifications.apprise_warnings import apprise_warnings

LOGGER = logging.getLogger("apprise")


def test_warnings_of_other_threads_are_apart() -> None:
    both = Barrier(2, timeout=30)

    def collected(number: int) -> list[str]:
        with apprise_warnings() as warnings:
            both.wait()
            LOGGER.warning("Refused\n%d.", number)
            both.wait()
        LOGGER.warning("Later.")
        return warnings

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(collected, (1, 2))) == [["Refused 1."], ["Refused 2."]]


def test_nothing_is_logged_within_a_block(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), apprise_warnings():
        LOGGER.debug("POST https://service.example/hush")
        LOGGER.warning("Refused.")
    LOGGER.warning("Later.")

    assert caplog.messages == ["Later."]


def test_warnings_are_collected_at_a_higher_log_level() -> None:
    before = LOGGER.level
    LOGGER.setLevel(logging.ERROR)
    try:
        with apprise_warnings() as warnings:
            LOGGER.info("Sent.")
            LOGGER.warning("Refused.")
    finally:
        LOGGER.setLevel(before)

    assert warnings == ["Refused."]
