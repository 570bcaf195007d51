"""A maintenance window as it crosses a border."""

import re
from datetime import datetime
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrulestr
from pydantic import AfterValidator, Field, model_validator

from core.schemas.base import ListResponse, Schema, UtcInstant

LONGEST_SECONDS = 366 * 86_400
TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY)", re.IGNORECASE)  # would be expanded to millions of occurrences


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"the time zone {name} is not known; give one such as Europe/Berlin or UTC") from error
    return name


def _rule(text: str) -> str:
    rule = text.strip().removeprefix("RRULE:")
    if TOO_OFTEN.search(rule):
        raise ValueError("maintenance recurs hourly at most; give a rule such as FREQ=WEEKLY;BYDAY=SU")
    if "\n" in rule or "DTSTART" in rule.upper():
        raise ValueError("the recurrence is one RRULE without a start; the start is given by itself")
    try:
        rrulestr(rule, dtstart=datetime(2000, 1, 1))  # noqa: DTZ001 - wall clock time of the window's own zone
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ValueError("the recurrence is not an RRULE of RFC 5545; give one such as FREQ=WEEKLY;BYDAY=SU") from error
    return rule


Recurrence = Annotated[str, Field(max_length=512), AfterValidator(_rule)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
Duration = Annotated[int, Field(ge=60, le=LONGEST_SECONDS)]
Name = Annotated[str, Field(min_length=1, max_length=255)]


class MaintenanceWindowBase(Schema):
    name: Name
    website_id: int | None = None
    tag_id: int | None = None
    starts_at: UtcInstant
    duration_seconds: Duration
    recurrence: Recurrence | None = None
    timezone: Zone = "UTC"


class MaintenanceWindowCreate(MaintenanceWindowBase):
    @model_validator(mode="after")
    def _has_one_subject(self) -> Self:
        if self.website_id is not None and self.tag_id is not None:
            raise ValueError("a maintenance window is for one website or for one tag, not for both; leave one out")
        return self


class MaintenanceWindowUpdate(Schema):
    """What to change; what is not given stays."""

    name: Name | None = None
    website_id: int | None = None
    tag_id: int | None = None
    starts_at: UtcInstant | None = None
    duration_seconds: Duration | None = None
    recurrence: Recurrence | None = None
    timezone: Zone | None = None


class MaintenanceWindowRead(MaintenanceWindowBase):
    id: int
    created_at: UtcInstant
    updated_at: UtcInstant


class MaintenanceWindowListResponse(ListResponse[MaintenanceWindowRead]):
    pass
