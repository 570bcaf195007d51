"""What people may want to be told of that no single check brings about: what lasts, and what comes near."""

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

AT_FIRST = timedelta(hours=1)  # from being added to the first check, at most
OF_FAILURES = (NotificationEvent.DOWN, NotificationEvent.REMINDER)


def degraded_since(db: Session) -> dict[int, datetime]:
    """The websites that are degraded, with when the first of the checks in a row that say so began.

    One whose last check says otherwise is left out: its state is still to follow, or other regions outvote it.
    """
    other, own = aliased(MonitorCheck), aliased(MonitorCheck)
    last_other = (
        select(func.max(other.checked_at))
        .where(other.website_id == WebsiteState.website_id, other.status != MonitorStatus.DEGRADED)
        .correlate(WebsiteState)  # two levels out, where none is looked for: it would be that of all websites
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
    """The websites whose certificates expire before *before*, with when."""
    query = (
        select(WebsiteState.website_id, WebsiteState.certificate_expires_at)
        .join(Website, Website.id == WebsiteState.website_id)
        .where(Website.is_active, WebsiteState.certificate_expires_at < before)
    )
    return {website_id: expires for website_id, expires in db.execute(query) if expires is not None}


def certificate_episode(expires: datetime) -> str:
    """What tells one certificate of a website from its successor."""
    return expires.date().isoformat()


def degraded_at_all(db: Session, website_ids: Sequence[int], since: datetime) -> list[int]:
    """Those of the websites of which some check since then said that they are degraded."""
    query = select(MonitorCheck.website_id).where(has_status(MonitorStatus.DEGRADED), MonitorCheck.checked_at >= since)
    return sorted(set(db.scalars(query.distinct())) & set(website_ids))


def known_since(db: Session, website_ids: Sequence[int]) -> datetime | None:
    """From when on there are checks of these websites, where they were watched before; None where all are kept."""
    oldest = db.scalar(select(func.min(MonitorCheck.checked_at)).where(MonitorCheck.website_id.in_(website_ids)))
    born = db.scalar(select(func.min(Website.created_at)).where(Website.id.in_(website_ids)))
    return None if oldest is None or born is None or oldest <= born + AT_FIRST else oldest


def still_down(db: Session, rule_ids: Sequence[int], now: datetime) -> list[tuple[Notification, DowntimeWindow]]:
    """What each of these rules had to tell last of each downtime window that is open and that nobody has taken up.

    It need not have been sent, as within a cool-down; what is still to be is left out, and so are websites of which
    it is not known that they are down at *now*, as nobody can look, or they answer again and are not called back yet.
    """
    last = (
        select(func.max(Notification.id))
        .join(DowntimeWindow, DowntimeWindow.id == Notification.window_id)
        .where(DowntimeWindow.ended_at.is_(None), DowntimeWindow.acknowledged_by.is_(None))
        .where(Notification.rule_id.in_(rule_ids), Notification.event.in_(OF_FAILURES))
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
    return [(notification, window) for notification, window in db.execute(query)]


def subjects(db: Session, rule: NotificationRule) -> list[int]:
    """The websites that a rule is for and that are not paused."""
    query = select(Website.id).where(Website.is_active).order_by(Website.id)
    if rule.website_id is not None:
        query = query.where(Website.id == rule.website_id)
    if rule.tag_id is not None:
        query = query.where(Website.id.in_(select(WebsiteTag.website_id).where(WebsiteTag.tag_id == rule.tag_id)))
    return list(db.scalars(query))


def findings_since(db: Session, since: datetime, kinds: Sequence[str]) -> list[tuple[Finding, DowntimeWindow]]:
    """Findings that explain failures, made from then on and of one of *kinds*, of any when empty; the oldest first."""
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
    """What the check said with which each window from then on began, by its id; without those whose check is gone."""
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
