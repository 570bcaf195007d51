"""Calculates data that a store of an older version lacks after its migration."""

import logging

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.database import run_in_session
from core.models import MonitorCheck, Website, WebsiteState
from core.services.coverage_rebuild import rebuild_coverage

logger = logging.getLogger(__name__)


def learn_known_time() -> None:
    """Calculate the known time of websites whose checks are older than that feature, one transaction per website.

    Without this, their uptime would be unknown for that time. Runs one query if there are none.
    """
    website_ids = run_in_session(_without_state)
    if website_ids:
        logger.info("calculating known time from checks of an older version", extra={"websites": len(website_ids)})
    for website_id in website_ids:
        run_in_session(rebuild_coverage, [website_id])


def _without_state(db: Session) -> list[int]:
    """Return websites that have checks but no state."""
    has_state = exists().where(WebsiteState.website_id == Website.id)
    has_check = exists().where(MonitorCheck.website_id == Website.id)
    return list(db.scalars(select(Website.id).where(~has_state, has_check).order_by(Website.id)))
