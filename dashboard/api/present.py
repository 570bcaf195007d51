"""Reads the response of an API address within the transaction that is about to change it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.models import (
    DowntimeWindow,
    MaintenanceWindow,
    MonthlyReport,
    NotificationChannel,
    NotificationRule,
    StatusPage,
    User,
    Website,
)
from core.models.base import Base
from core.schemas import DowntimeWindowRead, MaintenanceWindowRead
from core.schemas.monthly_report import MonthlyReportRead
from core.schemas.notification_channel import NotificationChannelRead
from core.schemas.notification_rule import NotificationRuleRead
from dashboard.actions import accounts, status_pages
from dashboard.api.websites import with_stats
from dashboard.url_numbers import read_id

ADDRESS = re.compile(r"([a-z-]+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Noun:
    """A table, and how a GET presents its rows."""

    model: type[Base]
    read: Callable[[Session, Any], BaseModel]


def _plain(schema: type[BaseModel]) -> Callable[[Session, Any], BaseModel]:
    return lambda _db, row: schema.model_validate(row)


NOUNS = {
    "websites": Noun(Website, lambda db, row: with_stats(db, row.id)),
    "downtime-windows": Noun(DowntimeWindow, _plain(DowntimeWindowRead)),
    "maintenance-windows": Noun(MaintenanceWindow, _plain(MaintenanceWindowRead)),
    "monthly-reports": Noun(MonthlyReport, _plain(MonthlyReportRead)),
    "notification-channels": Noun(NotificationChannel, _plain(NotificationChannelRead)),
    "notification-rules": Noun(NotificationRule, _plain(NotificationRuleRead)),
    "status-pages": Noun(StatusPage, lambda db, row: status_pages.read_one(db, row.id)),
    "users": Noun(User, lambda _db, row: accounts.read(row)),
}


def is_known(address: str) -> bool:
    """Return whether `read_locked` can read *address*, which is relative to the API's prefix."""
    found = ADDRESS.fullmatch(address)
    return found is not None and found[1] in NOUNS and read_id(found[2]) is not None


def read_locked(db: Session, address: str) -> bytes | None:
    """Return the JSON of a GET of *address*, which `is_known`; None if the row does not exist.

    The row is locked until the transaction ends.
    """
    noun_name, _slash, number = address.partition("/")
    noun = NOUNS[noun_name]
    row = db.get(noun.model, int(number), with_for_update=True)
    return None if row is None else noun.read(db, row).model_dump_json().encode()
