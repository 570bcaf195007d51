"""Reads how long a service asks to be left alone: the header Retry-After (RFC 9110, 10.2.3). Pure."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SECONDS = re.compile(r"[0-9]{1,9}")


def retry_after_seconds(value: str, now: datetime) -> float:
    """Return the seconds that *value* asks for, which is a number or a date; 0 if it is neither, or past at *now*."""
    wanted = value.strip()
    if SECONDS.fullmatch(wanted):
        return float(wanted)
    try:
        moment = parsedate_to_datetime(wanted)
    except (ValueError, IndexError, OverflowError):
        return 0.0
    until = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((until - now).total_seconds(), 0.0)
