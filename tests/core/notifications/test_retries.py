"""A message is tried ever later, and why it was not taken is told; a mistake of ours is one, and is in the log."""

import logging

import pytest

from core.errors import NotDelivered, StoreError
from core.notifications.retries import INTERNAL_ERROR, delivery_error, retry_delay


def test_the_next_attempt_waits_twice_as_long_up_to_an_hour() -> None:
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
def test_why_it_was_not_taken_is_told_and_logged(
    error: Exception, answer: str, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert str(delivery_error(error, "a report", report_id=1)) == answer

    (line,) = caplog.records
    assert (line.levelno, bool(line.exc_info)) == (level, level == logging.ERROR)
