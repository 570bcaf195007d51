"""A report of each month, by mail, as it crosses a border."""

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
    """What makes up a monthly report, however what sends it is named."""

    recipients: Recipients
    tag: TagName | None = None
    """Of whose websites it is; of all where there is none."""
    timezone: Zone = "UTC"
    """By whose clocks a month begins and ends."""
    is_enabled: bool = True


class MonthlyReportBase(MonthlyReportFields):
    channel_id: int
    """An e-mail channel, of which the server and the sender are taken."""


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
    """The first day of the last month that was sent or is being sent; at first that before the report was made."""
    due_at: UtcInstant | None
    """When it is tried again; None when it is done."""
    attempts: int
    sent_at: UtcInstant | None
    answer: str | None
    """What the mail server said, or why nothing was sent."""
    managed_by: str | None = None
    created_at: UtcInstant
    updated_at: UtcInstant


class MonthlyReportListResponse(ListResponse[MonthlyReportRead]):
    pass


class ReportDeliveryRead(Schema):
    """One time that a report went out, or was to."""

    id: int
    report_id: int
    month: date
    """The first day of the month that it was of."""
    recipients: list[str]
    is_planned: bool
    """Whether it was that of a month that was over, and not sent by hand."""
    is_taken: bool
    ended_at: UtcInstant
    """When it was taken, or given up."""
    answer: str
    """What the mail server said, or why nothing was sent."""


class ReportDeliveryListResponse(ListResponse[ReportDeliveryRead]):
    pass
