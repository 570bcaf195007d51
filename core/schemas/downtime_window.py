"""Schemas of downtime windows."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from core.models import MonitorStatus
from core.schemas.base import Change, Given, ListResponse, UtcInstant


class DowntimeWindowBase(Given):
    started_at: UtcInstant
    ended_at: UtcInstant | None = None
    initial_status: MonitorStatus = MonitorStatus.DOWN
    recovery_status: MonitorStatus | None = None
    affected_checks_count: Annotated[int, Field(ge=0)] = 0
    root_cause: str | None = None
    notes: str | None = None


class DowntimeWindowCreate(DowntimeWindowBase):
    website_id: int

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise ValueError("a downtime window cannot end before it started; check both times")
        return self


class DowntimeWindowUpdate(Change):
    """Changes of a window; omitted fields stay unchanged. `ended_at` closes the window and sets its duration."""

    may_be_empty = frozenset({"ended_at", "recovery_status", "root_cause", "notes"})

    started_at: UtcInstant | None = None
    ended_at: UtcInstant | None = None
    initial_status: MonitorStatus | None = None
    recovery_status: MonitorStatus | None = None
    affected_checks_count: Annotated[int, Field(ge=0)] | None = None
    root_cause: str | None = None
    notes: str | None = None


class DowntimeWindowRead(DowntimeWindowBase):
    id: int
    website_id: int
    is_cause_given: bool | None = None
    """Whether a person wrote the root cause, instead of the diagnosis."""
    duration_seconds: float | None
    """None while the window is open."""
    acknowledged_at: UtcInstant | None = None
    """When somebody acknowledged the window; None before that."""
    acknowledged_by: str | None = None
    created_at: UtcInstant
    updated_at: UtcInstant


class DowntimeWindowListResponse(ListResponse[DowntimeWindowRead]):
    pass
