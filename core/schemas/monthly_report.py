"""Schemas of monthly reports by mail."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from core.schemas.base import Change, Given, ListResponse, Schema, UtcInstant
from core.schemas.maintenance_window import Zone
from core.schemas.notification_channel import Mailbox
from core.schemas.tag import TagName


def _distinct(addresses: list[str]) -> list[str]:
    return list(dict.fromkeys(addresses))


Recipients = Annotated[list[Mailbox], Field(min_length=1, max_length=50), AfterValidator(_distinct)]


class MonthlyReportFields(Given):
    """The fields of a monthly report, without its channel."""

    recipients: Recipients
    tag: TagName | None = None
    """The tag of the websites in the report; null for all websites."""
    timezone: Zone = "UTC"
    """The time zone in which months begin and end."""
    is_enabled: bool = True


class MonthlyReportBase(MonthlyReportFields):
    channel_id: int
    """An e-mail channel, which provides the server and the sender."""


class MonthlyReportCreate(MonthlyReportBase):
    pass


class MonthlyReportUpdate(Change):
    may_be_empty = frozenset({"tag"})

    channel_id: int | None = None
    recipients: Recipients | None = None
    tag: TagName | None = None
    timezone: Zone | None = None
    is_enabled: bool | None = None


class MonthlyReportRead(MonthlyReportBase):
    id: int
    month: date
    """The first day of the last month that was or is being sent; initially the month before the report was created."""
    due_at: UtcInstant | None
    """When it is retried; None when it is done."""
    attempts: int
    sent_at: UtcInstant | None
    answer: str | None
    """The mail server's answer, or why nothing was sent."""
    managed_by: str | None = None
    created_at: UtcInstant
    updated_at: UtcInstant


class MonthlyReportListResponse(ListResponse[MonthlyReportRead]):
    pass


class ReportDeliveryRead(Schema):
    """A delivery of a report, successful or not."""

    id: int
    report_id: int
    month: date
    """The first day of the reported month."""
    recipients: list[str]
    is_planned: bool
    """Whether it was the regular report of a month, and not sent by hand."""
    is_taken: bool
    ended_at: UtcInstant
    """When the server accepted it, or when sending was given up."""
    answer: str
    """The mail server's answer, or why nothing was sent."""


class ReportDeliveryListResponse(ListResponse[ReportDeliveryRead]):
    pass
