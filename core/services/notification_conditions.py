"""What people may want to be told of that no single check brings about: what lasts, and what comes near."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.models import MonitorCheck, MonitorStatus, Website, WebsiteState


def degraded_since(db: Session) -> dict[int, datetime]:
    """The websites that are degraded, with when the first of the checks in a row that say so began."""
    other, own = aliased(MonitorCheck), aliased(MonitorCheck)
    last_other = (
        select(func.max(other.checked_at))
        .where(other.website_id == WebsiteState.website_id, other.status != MonitorStatus.DEGRADED)
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
    return {row[0]: row[1] for row in db.execute(query)}


def certificates_until(db: Session, before: datetime) -> dict[int, datetime]:
    """The websites whose certificates expire before *before*, with when."""
    query = (
        select(WebsiteState.website_id, WebsiteState.certificate_expires_at)
        .join(Website, Website.id == WebsiteState.website_id)
        .where(Website.is_active, WebsiteState.certificate_expires_at < before)
    )
    return {website_id: expires for website_id, expires in db.execute(query) if expires is not None}
