"""Reads what belongs to a tag, and deletes what is left of it after its websites."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, union
from sqlalchemy.orm import Session

from core.models import (
    MaintenanceWindow,
    MonthlyReport,
    NotificationChannel,
    NotificationRule,
    StatusPage,
    StatusPageEntry,
    StatusPageTag,
    Tag,
    Website,
    WebsiteTag,
)
from core.models.base import ManagedByFile

Named = tuple[int, str]
"""An id and a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagContents:
    """What is deleted with a tag and its websites, and what is not. Everything is in order of name."""

    tag: Named
    websites: list[Named]
    rules: list[Named]
    """Notification rules for the tag or for one of the websites."""
    maintenance: list[Named]
    """Maintenance windows of the tag or of one of the websites."""
    reports: list[Named]
    """Monthly reports of the tag, named by their recipients."""
    pages: list[Named]
    """Status pages that show nothing else."""
    kept_pages: list[Named]
    """Status pages that also show other websites or tags."""
    unused_channels: list[Named]
    """Channels that stay, but that no other rule, report or status page uses."""
    managed_by: list[str]
    """The configuration files that create some of it again when they are next applied."""


def read(db: Session, name: str) -> TagContents | None:
    """Return what belongs to the tag *name*; None if there is no such tag."""
    tag = db.scalar(select(Tag).where(Tag.name == name))
    if tag is None:
        return None
    websites = list(db.scalars(select(Website).join(WebsiteTag).where(WebsiteTag.tag_id == tag.id)))
    rules = list(db.scalars(select(NotificationRule).where(_concerns(NotificationRule, tag.id))))
    maintenance = list(db.scalars(select(MaintenanceWindow).where(_concerns(MaintenanceWindow, tag.id))))
    reports = list(db.scalars(select(MonthlyReport).where(MonthlyReport.tag == tag.name)))
    pages = list(db.scalars(select(StatusPage).where(StatusPage.id.in_(_shown_on(tag.id)))))
    others = _with_others(db, tag.id)
    gone = [page for page in pages if page.id not in others]
    deleted: list[ManagedByFile] = [*websites, *rules, *maintenance, *reports, *gone]
    return TagContents(
        tag=(tag.id, tag.name),
        websites=_named(websites),
        rules=_named(rules),
        maintenance=_named(maintenance),
        reports=sorted(((row.id, ", ".join(row.recipients)) for row in reports), key=_by_name),
        pages=_named(gone),
        kept_pages=_named([page for page in pages if page.id in others]),
        unused_channels=_unused(db, rules, reports, gone),
        managed_by=sorted({row.managed_by for row in deleted if row.managed_by}),
    )


def delete_rest(db: Session, contents: TagContents) -> None:
    """Delete the tag with all that `read` found, once its websites are deleted. Rules and maintenance go with it."""
    tag_id, _name = contents.tag
    others = _with_others(db, tag_id)  # again, as a page may have been changed since
    pages = [page_id for page_id, _title in contents.pages if page_id not in others]
    db.execute(delete(StatusPage).where(StatusPage.id.in_(pages)))
    db.execute(delete(MonthlyReport).where(MonthlyReport.id.in_([report_id for report_id, _to in contents.reports])))
    db.execute(delete(Tag).where(Tag.id == tag_id))
    db.expire_all()  # the database deleted dependent rows


def _concerns(model: type[NotificationRule] | type[MaintenanceWindow], tag_id: int) -> ColumnElement[bool]:
    bearing = select(WebsiteTag.website_id).where(WebsiteTag.tag_id == tag_id)
    return or_(model.tag_id == tag_id, model.website_id.in_(bearing))


def _shown_on(tag_id: int) -> Select[tuple[int]]:
    """Return a query for the ids of the pages that show the tag or one of its websites."""
    bearing = select(WebsiteTag.website_id).where(WebsiteTag.tag_id == tag_id)
    found = union(
        select(StatusPageTag.page_id).where(StatusPageTag.tag_id == tag_id),
        select(StatusPageEntry.page_id).where(StatusPageEntry.website_id.in_(bearing)),
    ).subquery()
    return select(found.c.page_id)


def _with_others(db: Session, tag_id: int) -> set[int]:
    """Return the ids of the pages that show another tag, or a website without this tag."""
    bearing = select(WebsiteTag.website_id).where(WebsiteTag.tag_id == tag_id)
    tags = select(StatusPageTag.page_id).where(StatusPageTag.tag_id != tag_id)
    entries = select(StatusPageEntry.page_id).where(StatusPageEntry.website_id.not_in(bearing))
    return {*db.scalars(tags), *db.scalars(entries)}


def _unused(
    db: Session, rules: Sequence[NotificationRule], reports: Sequence[MonthlyReport], pages: Sequence[StatusPage]
) -> list[Named]:
    """Return the channels that these use, and nothing else."""
    users: list[NotificationRule | MonthlyReport | StatusPage] = [*rules, *reports, *pages]
    uses = {row.channel_id for row in users}
    others = (
        select(NotificationRule.channel_id).where(NotificationRule.id.not_in([row.id for row in rules])),
        select(MonthlyReport.channel_id).where(MonthlyReport.id.not_in([row.id for row in reports])),
        select(StatusPage.channel_id).where(StatusPage.id.not_in([row.id for row in pages])),
    )
    for query in others:
        uses -= set(db.scalars(query))
    found = select(NotificationChannel).where(NotificationChannel.id.in_(uses - {None}))
    return _named(list(db.scalars(found)))


def _named(rows: Sequence[Any]) -> list[Named]:
    return sorted(((row.id, getattr(row, "name", None) or row.title) for row in rows), key=_by_name)


def _by_name(row: Named) -> tuple[str, int]:
    return row[1].lower(), row[0]
