"""Conditions for notifications that no single check causes, such as lasting states and expiring certificates."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from core.models import (
    DowntimeWindow,
    Finding,
    MonitorCheck,
    MonitorStatus,
    Notification,
    NotificationEvent,
    NotificationRule,
    NotificationState,
    Website,
    WebsiteState,
    WebsiteTag,
)
from core.services.finding import IS_MORE_THAN_A_NOTE
from core.services.monitor_check import has_status

FIRST_CHECK_TIME = timedelta(hours=1)  # the longest time from adding a website to its first check
REMINDED = (NotificationEvent.DOWN, NotificationEvent.REMINDER)
"""Events that a reminder may follow."""


def degraded_since(db: Session) -> dict[int, datetime]:
    """Return the degraded websites, with the start of the first of their consecutive DEGRADED checks.

    A website whose last check has another status is left out: its state is not updated yet, or regions disagree.
    """
    other, own = aliased(MonitorCheck), aliased(MonitorCheck)
    last_other = (
        select(func.max(other.checked_at))
        .where(other.website_id == WebsiteState.website_id, other.status != MonitorStatus.DEGRADED)
        # Explicit, because it is two levels out; without it the maximum would be over all websites.
        .correlate(WebsiteState)
        .scalar_subquery()
    )
    first = (
        select(func.min(own.checked_at))
        .where(
            own.website_id == WebsiteState.website_id,
            own.status == MonitorStatus.DEGRADED,
            last_other.is_(None) | (own.checked_at > last_other),
        )
        .scalar_subquery()
    )
    query = (
        select(WebsiteState.website_id, first)
        .join(Website, Website.id == WebsiteState.website_id)
        .where(Website.is_active, WebsiteState.status == MonitorStatus.DEGRADED)
    )
    found: dict[int, datetime | None] = {row[0]: row[1] for row in db.execute(query)}
    return {website_id: since for website_id, since in found.items() if since is not None}


def certificates_until(db: Session, before: datetime) -> dict[int, datetime]:
    """Return the websites whose certificates expire before *before*, with the expiry."""
    query = (
        select(WebsiteState.website_id, WebsiteState.certificate_expires_at)
        .join(Website, Website.id == WebsiteState.website_id)
        .where(Website.is_active, WebsiteState.certificate_expires_at < before)
    )
    return {website_id: expires for website_id, expires in db.execute(query) if expires is not None}


def certificate_episode(expires: datetime) -> str:
    """Return the identifier of a certificate, which distinguishes it from its successor."""
    return expires.date().isoformat()


def degraded_at_all(db: Session, website_ids: Sequence[int], since: datetime) -> list[int]:
    """Return those of the websites that had a DEGRADED check since *since*."""
    query = select(MonitorCheck.website_id).where(has_status(MonitorStatus.DEGRADED), MonitorCheck.checked_at >= since)
    return sorted(set(db.scalars(query.distinct())) & set(website_ids))


def known_since(db: Session, website_ids: Sequence[int]) -> datetime | None:
    """Return from when on checks of these websites are stored, if older ones were deleted; None if all are stored."""
    oldest = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id.in_(website_ids)))
    born = db.scalar(select(func.min(Website.created_at)).where(Website.id.in_(website_ids)))
    return None if oldest is None or born is None or oldest <= born + FIRST_CHECK_TIME else oldest


def still_down(db: Session, rule_ids: Sequence[int], now: datetime) -> list[tuple[Notification, DowntimeWindow]]:
    """Return each rule's last notification of each open, unacknowledged downtime window.

    It need not have been sent, for example during a cool-down. Pending ones are left out, and so are websites that are
    not known to be down at *now*: their state is unknown, or they answer again but are not confirmed as up.
    """
    is_open = (DowntimeWindow.ended_at.is_(None), DowntimeWindow.acknowledged_by.is_(None))
    down = select(WebsiteState.website_id).where(WebsiteState.status == MonitorStatus.DOWN)
    # Without the rules: SQLite would read all notifications that these rules ever sent.
    last = (
        select(func.max(Notification.id))
        .where(
            Notification.window_id.in_(select(DowntimeWindow.id).where(*is_open, DowntimeWindow.website_id.in_(down)))
        )
        .where(Notification.event.in_(REMINDED))
        .group_by(Notification.rule_id, Notification.window_id)
    )
    query = (
        select(Notification, DowntimeWindow)
        .join(DowntimeWindow, DowntimeWindow.id == Notification.window_id)
        .join(Website, Website.id == Notification.website_id)
        .where(Notification.id.in_(last), Notification.state != NotificationState.PENDING)
        .join(WebsiteState, WebsiteState.website_id == Notification.website_id)
        .where(Website.is_active, WebsiteState.status == MonitorStatus.DOWN, WebsiteState.known_until >= now)
        .order_by(Notification.id)
    )
    found = ((notification, window) for notification, window in db.execute(query))
    return [(notification, window) for notification, window in found if notification.rule_id in rule_ids]


def subjects(db: Session, rule: NotificationRule) -> list[int]:
    """Return the active websites that a rule applies to."""
    query = select(Website.id).where(Website.is_active).order_by(Website.id)
    if rule.website_id is not None:
        query = query.where(Website.id == rule.website_id)
    if rule.tag_id is not None:
        query = query.where(Website.id.in_(select(WebsiteTag.website_id).where(WebsiteTag.tag_id == rule.tag_id)))
    return list(db.scalars(query))


def findings_since(db: Session, since: datetime, kinds: Sequence[str]) -> list[tuple[Finding, DowntimeWindow]]:
    """Return findings since *since* that explain failures, filtered by *kinds* if not empty, oldest first."""
    query = (
        select(Finding, DowntimeWindow)
        .join(DowntimeWindow, DowntimeWindow.id == Finding.window_id)
        .where(Finding.created_at >= since, IS_MORE_THAN_A_NOTE)
        .order_by(Finding.created_at, Finding.id)
    )
    if kinds:
        query = query.where(Finding.kind.in_(kinds))
    return [(finding, window) for finding, window in db.execute(query)]


def causes_at_first(db: Session, since: datetime) -> dict[int, str]:
    """Return the message of the first check of each window since *since*, by window id, if the check still exists."""
    query = (
        select(DowntimeWindow.id, MonitorCheck.error_message)
        .join(
            MonitorCheck,
            and_(
                MonitorCheck.website_id == DowntimeWindow.website_id,
                MonitorCheck.checked_at == DowntimeWindow.started_at,
            ),
        )
        .where(DowntimeWindow.started_at >= since, MonitorCheck.error_message.is_not(None))
    )
    return {row[0]: row[1] or "" for row in db.execute(query)}
