"""A rule tried on the last 30 days before anybody is woken by it: how many messages it would have sent, by event."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.models import DowntimeWindow, NotificationEvent, NotificationRule, Website
from core.notifications import trial, trial_conditions
from core.schemas.notification_rule import NotificationRuleCreate
from core.services import DowntimeWindowCRUD, WebsiteCRUD, dependency, notification_conditions
from core.services.slowness import slow_spans

TRIED_DAYS = 30
MOST_TRIED = 100_000  # downtime windows; more than anybody has in a month
A_MOMENT = timedelta(seconds=1)  # what comes back together is seen within one
UNTRIED = (NotificationEvent.DEGRADED, NotificationEvent.CERTIFICATE)
"""Events of which the store does not tell how they were."""


async def try_rule(rule: NotificationRuleCreate) -> dict[NotificationEvent, int]:
    """How many messages *rule* would have sent in the last `TRIED_DAYS`, by event; of `UNTRIED` ones nothing is said.

    Neither who would have taken a failure up, nor what a digest would have joined, nor maintenance is looked at.
    """
    return await in_session(tried, rule, utc_now())


def tried(db: Session, rule: NotificationRuleCreate, until: datetime) -> dict[NotificationEvent, int]:
    """The same up to *until*."""
    since = until - timedelta(days=TRIED_DAYS)
    website_ids = notification_conditions.subjects(db, NotificationRule(**rule.model_dump(mode="json")))
    windows = _windows(db, rule, website_ids, since)
    counts = _failures(rule, windows)
    if NotificationEvent.SLOW in rule.events:
        counts[NotificationEvent.SLOW] = _slow(db, rule, website_ids, since, until)
    if NotificationEvent.BUDGET in rule.events:
        counts[NotificationEvent.BUDGET] = trial_conditions.burns(windows, rule.budget_target, until)
    if NotificationEvent.FINDING in rule.events:
        found = notification_conditions.findings_since(db, since, rule.finding_kinds)
        own = {(window.id, finding.kind) for finding, window in found if window.website_id in website_ids}
        counts[NotificationEvent.FINDING] = len(own)
    return counts


def _windows(
    db: Session, rule: NotificationRuleCreate, website_ids: Sequence[int], since: datetime
) -> list[DowntimeWindow]:
    found, _total = DowntimeWindowCRUD.get_by_website(db, rule.website_id, since, None, 0, MOST_TRIED)
    own = set(website_ids)
    websites = {website_id: WebsiteCRUD.get_by_id(db, website_id) for website_id in website_ids}
    dependent = {key: one for key, one in websites.items() if one is not None and one.depends_on}
    return [
        window
        for window in found
        if window.website_id in own
        and not (window.website_id in dependent and _is_muted(db, dependent[window.website_id], window))
    ]


def _is_muted(db: Session, website: Website, window: DowntimeWindow) -> bool:
    """Whether it began and ended while what the website depends on was down."""
    if dependency.down_ancestor(db, website, window.started_at) is None:
        return False
    return window.ended_at is not None and (
        dependency.down_ancestor(db, website, window.ended_at - A_MOMENT) is not None
    )


def _failures(rule: NotificationRuleCreate, windows: Sequence[DowntimeWindow]) -> dict[NotificationEvent, int]:
    """Of failures and recoveries; a recovery is told where its failure was."""
    both = trial.messages(rule, windows)
    alone = rule.model_copy(update={"events": [NotificationEvent.DOWN]})
    failures = trial.messages(alone, windows) if NotificationEvent.DOWN in rule.events else 0
    told = {NotificationEvent.DOWN: failures, NotificationEvent.UP: both - failures}
    return {event: count for event, count in told.items() if event in rule.events}


def _slow(
    db: Session, rule: NotificationRuleCreate, website_ids: Sequence[int], since: datetime, until: datetime
) -> int:
    width = timedelta(minutes=rule.slow_minutes)
    spans = slow_spans(db, website_ids, rule.slow_ms, since=since, until=until, width=width)
    return trial_conditions.runs((place for place, found in spans.items() if found.is_slow), width)
