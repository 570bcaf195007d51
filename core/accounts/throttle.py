"""How long to wait after failed sign-ins before the next one is looked at. Pure."""

from datetime import datetime, timedelta

FREE_FAILURES = {"user": 3, "address": 10}  # typing errors cost nothing; an office shares an address
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=15)  # an account cannot be locked for good by somebody who does not own it
FORGOTTEN_AFTER = timedelta(hours=24)


def allowed_at(subject: str, failures: int, last_failed_at: datetime) -> datetime:
    """When *subject* (``user:NAME`` or ``address:IP``) may try again: the delay doubles with each failure."""
    beyond = failures - FREE_FAILURES[subject.partition(":")[0]]
    if beyond <= 0:
        return last_failed_at
    return last_failed_at + min(FIRST_DELAY * (1 << min(beyond - 1, 16)), LONGEST_DELAY)


def is_forgotten(last_failed_at: datetime, now: datetime) -> bool:
    """Whether failures that ended at *last_failed_at* count no more."""
    return now - last_failed_at > FORGOTTEN_AFTER
