"""The ``since`` and ``until`` parameters of lists and figures."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator, BeforeValidator

from core.clock import as_utc, utc_now
from core.errors import InvalidInput

BLANK = re.compile(r"(\d[T ]\S+:\S+) (\d\d:\d\d)\Z")
EARLIEST_YEAR, LATEST_YEAR = 1970, 9000  # well within datetime's range, so that no time zone or span exceeds it
MAX_PERIOD = timedelta(days=3_660)


def _utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValueError(f"Give an instant from the years {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return as_utc(value)


def _with_plus(value: object) -> object:
    """Restore an unencoded ``+``, as in ``12:00:00+02:00``, which was decoded as a space."""
    return BLANK.sub(r"\1+\2", value) if isinstance(value, str) else value


Instant = Annotated[datetime | None, BeforeValidator(_with_plus), AfterValidator(_utc)]


@dataclass(frozen=True, slots=True)
class TimeRange:
    """The requested time range in UTC; None leaves an end open."""

    since: Annotated[Instant, Query(description="Start of the time range. UTC without a time zone.")] = None
    until: Annotated[Instant, Query(description="End of the time range. UTC without a time zone.")] = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise InvalidInput.of("since", "since must not be after until.")

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The start and the end, by default the last 24 hours.

        Raises:
            InvalidInput: The range is empty or too long.
        """
        last = self.until or utc_now()
        first = self.since or last - timedelta(days=1)
        if not timedelta(0) < last - first <= MAX_PERIOD:
            raise InvalidInput("since must be before until, and at most ten years before it.")
        return first, last


Within = Annotated[TimeRange, Depends()]
