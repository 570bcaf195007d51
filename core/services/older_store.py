"""What a store of an older version lacks once it is migrated, learned from what it holds."""

import logging

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.database import run_in_session
from core.models import MonitorCheck, Website, WebsiteState
from core.services import coverage

logger = logging.getLogger(__name__)


def learn_known_time() -> None:
    """Learn what is known of websites whose checks are from before that was kept, each in a transaction of its own.

    Else their uptime would be unknown for as long as the checks lie behind. Where there is none, it is one query.
    """
    website_ids = run_in_session(_untold)
    if website_ids:
        logger.info("known time is learned from the checks of an older version", extra={"websites": len(website_ids)})
    for website_id in website_ids:
        run_in_session(coverage.rebuild, [website_id])


def _untold(db: Session) -> list[int]:
    """Websites that were checked and bear no state, which each check has written since there are states."""
    has_state = exists().where(WebsiteState.website_id == Website.id)
    has_check = exists().where(MonitorCheck.website_id == Website.id)
    return list(db.scalars(select(Website.id).where(~has_state, has_check).order_by(Website.id)))
