"""Schemas of maintenance windows."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrulestr
from pydantic import AfterValidator, Field, model_validator

from core.schemas.base import LAST_YEAR, Change, Given, ListResponse, Name, UtcInstant

FIRST_YEAR = 1900  # of a start; the year 1 in UTC would be the year 0 in western time zones
MAX_SECONDS = 366 * 86_400
TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY)", re.IGNORECASE)  # would expand to millions of occurrences
NO_RULE = "the recurrence is not an RRULE of RFC 5545; give one such as FREQ=WEEKLY;BYDAY=SU"
UNPARSABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
MAX_OF_PART = {"INTERVAL": 1_000, "COUNT": 10_000}
"""A larger INTERVAL could lead beyond the calendar. With COUNT, each occurrence from the first one is calculated."""
NARROWED = ("COUNT", "INTERVAL", "UNTIL")  # parts that only reduce the occurrences
ALLOWED = {"FREQ", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYSETPOS", "BYHOUR", "BYWEEKNO", *NARROWED}
OFTEN = {"HOURLY", "DAILY"}
OF_OFTEN = {"FREQ", "WKST", "BYDAY", "BYMONTH", "BYHOUR", *NARROWED}
IN_UTC = re.compile(r"(UNTIL=\d{8}T\d{6})Z", re.IGNORECASE)  # dateutil rejects a UTC end for a start without a zone
TRIED_FROM = datetime(9600, 1, 1)  # noqa: DTZ001 - wall clock time of any zone
"""The calendar repeats every 400 years, and dateutil searches until 9999: a rule without a start from here has none."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"the time zone {name} is not known; give one such as Europe/Berlin or UTC") from error
    return name


def _start(moment: datetime) -> datetime:
    if moment.year < FIRST_YEAR:
        raise ValueError(f"give a start from the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment


def _rule(text: str) -> str:
    rule = text.strip().removeprefix("RRULE:")
    if TOO_OFTEN.search(rule):
        raise ValueError("maintenance recurs hourly at most; give a rule such as FREQ=WEEKLY;BYDAY=SU")
    if "\n" in rule or "DTSTART" in rule.upper():
        raise ValueError("the recurrence must be one RRULE without DTSTART; the start is a separate field")
    _parsed(IN_UTC.sub(r"\1", rule), datetime(2000, 1, 1))  # noqa: DTZ001 - wall clock time of the window's own zone
    pairs = [part.upper().partition("=")[::2] for part in rule.split(";") if part]
    parts = dict(pairs)
    if len(parts) < len(pairs):
        raise ValueError("the recurrence must not contain a part twice; give one such as FREQ=WEEKLY;BYDAY=SU")
    for name, most in MAX_OF_PART.items():
        number = parts.get(name, "1")
        if not number.isdecimal() or not 1 <= int(number) <= most:
            raise ValueError(f"{name} must be a whole number from 1 to {most:,}")
    _refuse_costly(parts)
    tried = ";".join(f"{name}={value}" for name, value in parts.items() if name not in NARROWED)
    if not _occurs(tried):
        raise ValueError("the recurrence never occurs; check that its months have its day")
    return rule


def _parsed(rule: str, first: datetime) -> Iterator[datetime]:
    """Return the occurrences of *rule*. dateutil raises any of several errors, some only at the first occurrence."""
    try:
        return iter(rrulestr(rule, dtstart=first))
    except UNPARSABLE as error:
        raise ValueError(NO_RULE) from error


def _occurs(rule: str) -> bool:
    try:
        return next(_parsed(rule, TRIED_FROM), None) is not None
    except UNPARSABLE as error:
        raise ValueError(NO_RULE) from error


def _refuse_costly(parts: dict[str, str]) -> None:
    """Reject rules that dateutil expands slowly: with many starts per day, or with days that may never come."""
    unknown = sorted(set(parts) - ALLOWED)
    if unknown:
        raise ValueError(f"the recurrence must not contain {unknown[0]}; give one such as FREQ=WEEKLY;BYDAY=SU")
    if parts.get("FREQ") in OFTEN:
        strange = sorted(set(parts) - OF_OFTEN)
        if strange:
            raise ValueError(f"{strange[0]} needs FREQ=MONTHLY or FREQ=YEARLY")
        if parts.get("INTERVAL", "1") != "1" and any(name.startswith("BY") for name in parts):
            raise ValueError("with days or months, an INTERVAL needs FREQ=WEEKLY, MONTHLY or YEARLY")


Recurrence = Annotated[str, Field(max_length=512), AfterValidator(_rule)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
Start = Annotated[UtcInstant, AfterValidator(_start)]
Duration = Annotated[int, Field(ge=60, le=MAX_SECONDS)]


class MaintenanceWindowFields(Given):
    """The fields of a maintenance window, without its website or tag."""

    name: Name
    starts_at: Start
    duration_seconds: Duration
    recurrence: Recurrence | None = None
    """An RRULE (RFC 5545) such as FREQ=WEEKLY;BYDAY=SU; null for a single occurrence."""
    timezone: Zone = "UTC"
    """The time zone whose wall clock the recurrence follows."""


class MaintenanceWindowBase(MaintenanceWindowFields):
    website_id: int | None = None
    tag_id: int | None = None


class MaintenanceWindowCreate(MaintenanceWindowBase):
    @model_validator(mode="after")
    def _has_one_subject(self) -> Self:
        if self.website_id is not None and self.tag_id is not None:
            raise ValueError("a maintenance window is for one website or for one tag, not for both; leave one out")
        return self


class MaintenanceWindowUpdate(Change):
    may_be_empty = frozenset({"website_id", "tag_id", "recurrence"})

    name: Name | None = None
    website_id: int | None = None
    tag_id: int | None = None
    starts_at: Start | None = None
    duration_seconds: Duration | None = None
    recurrence: Recurrence | None = None
    timezone: Zone | None = None


class MaintenanceWindowRead(MaintenanceWindowBase):
    id: int
    starts_at: UtcInstant
    recurrence: str | None = None  # not validated: a stored rule that is rejected now must not prevent the listing
    ended_early: list[UtcInstant] | None = None
    """When people ended a running occurrence."""
    managed_by: str | None = None
    created_at: UtcInstant
    updated_at: UtcInstant


class MaintenanceWindowListResponse(ListResponse[MaintenanceWindowRead]):
    pass
