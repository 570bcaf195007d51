"""Reads everything in the store that a configuration can define, with names in place of ids."""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from core.configuration.objects import Contents, Fields, Present, numbered, report_name, website_key
from core.errors import StoreError
from core.models import MaintenanceWindow, MonthlyReport, NotificationChannel, NotificationRule, StatusPage, Website
from core.schemas.configuration import MaintenanceEntry, ReportEntry, RuleEntry, StatusPageEntry, WebsiteEntry
from core.schemas.status_page import StatusGroup
from core.sealing import Sealer
from core.services import (
    MaintenanceWindowCRUD,
    MonthlyReportCRUD,
    NotificationChannelCRUD,
    NotificationRuleCRUD,
    StatusPageCRUD,
    TagCRUD,
    WebsiteCRUD,
    status_groups,
)

MAX_ROWS = 1_000_000  # rows per kind; more than anybody configures


def read(db: Session, sealer: Sealer) -> Contents:
    """Read everything that a configuration can define, in a fixed number of queries."""
    websites, _ = WebsiteCRUD.get_all(db, limit=MAX_ROWS)
    tags, _ = TagCRUD.get_all(db, limit=MAX_ROWS)
    channels, _ = NotificationChannelCRUD.get_all(db, limit=MAX_ROWS)
    plans, _ = MaintenanceWindowCRUD.get_all(db, limit=MAX_ROWS)
    rules, _ = NotificationRuleCRUD.get_all(db, limit=MAX_ROWS)
    reports, _ = MonthlyReportCRUD.get_all(db, limit=MAX_ROWS)
    pages, _ = StatusPageCRUD.get_all(db, limit=MAX_ROWS)
    groups = status_groups.stored(db, [page.id for page in pages])
    borne = TagCRUD.of_websites(db, [website.id for website in websites])
    urls = {website.id: website_key(website.url) for website in websites}
    words = {tag.id: tag.name for tag in tags}
    to = {channel.id: channel.name for channel in channels}
    return {
        "tag": {tag.name: Present(row_id=tag.id, fields={"name": tag.name}, managed_by=None) for tag in tags},
        "website": {
            urls[website.id]: _website(website, [tag.name for tag in borne.get(website.id, [])]) for website in websites
        },
        "channel": {channel.name: _channel(channel, sealer) for channel in channels},
        "maintenance": _numbered((window, _plan(window) | _subject(window, urls, words)) for window in plans),
        "rule": _numbered(
            (rule, _rule(rule) | _subject(rule, urls, words) | _channel_name(rule, to)) for rule in rules
        ),
        "report": _numbered((report, _report(report) | _channel_name(report, to)) for report in reports),
        "status_page": {page.slug: _status_page(page, groups[page.id], urls, to) for page in pages},
    }


def _website(website: Website, tags: list[str]) -> Present:
    fields = {name: getattr(website, name) for name in WebsiteEntry.model_fields if name != "tags"}
    return Present(row_id=website.id, fields=fields | {"tags": sorted(tags)}, managed_by=website.managed_by)


def _channel(channel: NotificationChannel, sealer: Sealer) -> Present:
    try:
        address = json.loads(sealer.open(channel.sealed_address))
    except StoreError:  # sealed with another key: a new address in the file replaces it
        address = {}
    fields = {"name": channel.name, "kind": str(channel.kind), "is_enabled": channel.is_enabled, "address": address}
    return Present(row_id=channel.id, fields=fields, managed_by=channel.managed_by)


def _status_page(
    page: StatusPage, groups: list[StatusGroup], urls: Mapping[int, str], to: Mapping[int, str]
) -> Present:
    own = StatusPageEntry.model_fields.keys() - {"groups", "channel", "password"}
    fields: Fields = {name: getattr(page, name) for name in own}
    fields["groups"] = [
        {"name": group.name, "websites": [urls[website_id] for website_id in group.website_ids], "tags": group.tags}
        for group in groups
    ]
    fields["channel"] = to.get(page.channel_id) if page.channel_id else None
    fields["password"] = page.password_hash
    return Present(row_id=page.id, fields=fields, managed_by=page.managed_by)


def _numbered(
    rows: Iterable[tuple[MaintenanceWindow | NotificationRule | MonthlyReport, Fields]],
) -> dict[str, Present]:
    ordered = sorted(rows, key=lambda row: row[0].id)
    keys = numbered(report_name(row.tag) if isinstance(row, MonthlyReport) else row.name for row, _fields in ordered)
    return {
        key: Present(row_id=row.id, fields=fields, managed_by=row.managed_by)
        for key, (row, fields) in zip(keys, ordered, strict=True)
    }


def _plan(window: MaintenanceWindow) -> Fields:
    names = MaintenanceEntry.model_fields.keys() - {"website", "tag"}
    return {name: getattr(window, name) for name in names} | {"starts_at": window.starts_at.isoformat()}


def _rule(rule: NotificationRule) -> Fields:
    return {name: getattr(rule, name) for name in RuleEntry.model_fields.keys() - {"website", "tag", "channel"}}


def _report(report: MonthlyReport) -> Fields:
    return {name: getattr(report, name) for name in ReportEntry.model_fields.keys() - {"channel"}}


def _subject(
    row: MaintenanceWindow | NotificationRule, urls: Mapping[int, str], words: Mapping[int, str]
) -> dict[str, str | None]:
    return {
        "website": urls.get(row.website_id) if row.website_id else None,
        "tag": words.get(row.tag_id) if row.tag_id else None,
    }


def _channel_name(row: NotificationRule | MonthlyReport, to: Mapping[int, str]) -> dict[str, str | None]:
    return {"channel": to.get(row.channel_id)}
