"""Retries are delayed more each time, and failed attempts are logged."""

import logging

import pytest

from core.errors import NotDelivered, StoreError
from core.notifications.retries import INTERNAL_ERROR, delivery_error, retry_delay


def test_the_retry_delay_doubles_up_to_an_hour() -> None:
    assert [retry_delay(attempt).total_seconds() for attempt in (1, 2, 3, 30)] == [10, 20, 40, 3_600]


@pytest.mark.parametrize(
    ("error", "answer", "level"),
    [
        (NotDelivered("550 no such mailbox."), "550 no such mailbox.", logging.WARNING),
        (StoreError("Another key sealed it."), "Another key sealed it.", logging.WARNING),
        (LookupError("nobody thought of it"), INTERNAL_ERROR, logging.ERROR),
    ],
    ids=["refused", "sealed", "a mistake"],
)
def test_a_failed_attempt_is_explained_and_logged(
    error: Exception, answer: str, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert str(delivery_error(error, "a report", report_id=1)) == answer

    (line,) = caplog.records
    assert (line.levelno, bool(line.exc_info)) == (level, level == logging.ERROR)
