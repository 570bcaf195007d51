"""Finds out from the store which conditions hold for a rule: slowness, budget, unsteadiness, findings and reminders."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.models import NotificationEvent, NotificationRule
from core.notifications.budget import SPANS, sentence, spending
from core.notifications.outbox import Change
from core.notifications.reminders import due
from core.phrases import counted
from core.services import MonitorCheckCRUD, NotificationEpisodeCRUD, notification_conditions, statistics
from core.services.maintenance_window import in_maintenance
from core.services.slowness import slowness
from core.services.unsteadiness import Unsteadiness

FOUND_WITHIN = timedelta(days=1)  # findings appear within minutes; after a long stop, older ones are ignored


def changes_of(db: Session, rule: NotificationRule, now: datetime) -> list[Change]:
    """Return the changes at *now* for the events of *rule* that are evaluated per rule."""
    changes = []
    for event, look in ((NotificationEvent.SLOW, slow_websites), (NotificationEvent.BUDGET, burning_websites)):
        if event in rule.events:
            website_ids = notification_conditions.subjects(db, rule)
            resting = in_maintenance(db, website_ids, now)
            details = look(db, rule, [key for key in website_ids if key not in resting], now)
            changes += _episodes(db, rule, event, details, now)
    if NotificationEvent.FINDING in rule.events:
        changes += findings(db, rule, now)
    return changes


def slow_websites(db: Session, rule: NotificationRule, website_ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Return the websites whose 95th percentile exceeds the limit, each with a sentence."""
    since = now - timedelta(minutes=rule.slow_minutes)
    figures = slowness(db, website_ids, rule.slow_ms, since=since, until=now)
    return {
        website_id: (
            f"{slowness.over} of {slowness.checks} checks of the last {_minutes(rule.slow_minutes)} took longer "
            f"than {rule.slow_ms:,} ms, so the 95th percentile is above it."
        )
        for website_id, slowness in figures.items()
        if slowness.is_slow
    }


def _minutes(count: int) -> str:
    return "minute" if count == 1 else counted(count, "minute")


def burning_websites(db: Session, rule: NotificationRule, website_ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Return the websites that burn their error budget too fast, each with a sentence."""
    shares_by_span = statistics.uptimes(db, website_ids, SPANS, until=now)
    burning = {}
    for website_id in website_ids:
        shares = {span: shares_by_span[span][website_id].share for span in SPANS}
        if burn := spending(shares, rule.budget_target):
            burning[website_id] = sentence(burn, shares, rule.budget_target)
    return burning


def unsteady(db: Session, rule: NotificationRule, failing: Mapping[int, Unsteadiness], now: datetime) -> list[Change]:
    """Return the changes for the websites of *rule* that fail intermittently.

    Args:
        db: The session.
        rule: The rule.
        failing: The figures of all websites outside maintenance, calculated once for all rules.
        now: The current time.
    """
    percent = rule.unsteady_percent
    known = NotificationEpisodeCRUD.holding(db, rule.id, NotificationEvent.UNSTEADY)
    own = [key for key in notification_conditions.subjects(db, rule) if key in failing] if failing else []
    own = [key for key in own if (failing[key].lasts(percent) if key in known else failing[key].begins(percent))]
    details = _descriptions(db, {key: failing[key] for key in own})
    return _episodes(db, rule, NotificationEvent.UNSTEADY, details, now)


def _descriptions(db: Session, unsteady_websites: Mapping[int, Unsteadiness]) -> dict[int, str]:
    last = [
        unsteadiness.last_failed_id
        for unsteadiness in unsteady_websites.values()
        if unsteadiness.last_failed_id is not None
    ]
    why = {check.website_id: check.error_message or "" for check in MonitorCheckCRUD.get_by_ids(db, last)}
    words = "failed, but too few in a row to count as down."
    return {
        key: f"{unsteadiness.share} {words} {why.get(key, '')}".rstrip()
        for key, unsteadiness in unsteady_websites.items()
    }


def findings(db: Session, rule: NotificationRule, now: datetime) -> list[Change]:
    """Return findings since the rule was created; each kind is notified once per downtime window."""
    since = max(now - FOUND_WITHIN, rule.created_at)
    return [
        Change(
            event=NotificationEvent.FINDING,
            website_id=window.website_id,
            window_id=window.id,
            happened_at=finding.created_at,
            episode=f"{window.id}:{finding.kind}",
            detail=finding.sentence,
            rule_id=rule.id,
        )
        for finding, window in notification_conditions.findings_since(db, since, rule.finding_kinds)
    ]


def reminders(db: Session, rules: Sequence[NotificationRule], now: datetime) -> list[Change]:
    """Return the reminders of *rules* that are due at *now*; none during maintenance."""
    reminding = {rule.id: rule for rule in rules if rule.remind_seconds}
    lasting = notification_conditions.still_down(db, list(reminding), now) if reminding else []
    website_ids = {window.id: window.website_id for _last, window in lasting}
    resting = in_maintenance(db, sorted(set(website_ids.values())), now) if lasting else set()
    last_sent: dict[int, dict[int, datetime]] = defaultdict(dict)
    for last, window in lasting:
        if last.rule_id is not None and window.website_id not in resting:
            last_sent[last.rule_id][window.id] = last.sent_at or last.due_at
    return [
        Change(
            event=NotificationEvent.REMINDER,
            website_id=website_ids[window_id],
            window_id=window_id,
            happened_at=now,
            episode=f"{window_id}:{moment.isoformat(timespec='seconds')}",
            rule_id=rule_id,
        )
        for rule_id, of_rule in last_sent.items()
        for window_id, moment in due(reminding[rule_id], of_rule, now).items()
    ]


def _episodes(
    db: Session, rule: NotificationRule, event: NotificationEvent, details: Mapping[int, str], now: datetime
) -> list[Change]:
    began = NotificationEpisodeCRUD.hold(db, rule.id, event, details.keys(), now)
    return [
        Change(
            event=event,
            website_id=website_id,
            happened_at=began[website_id],
            episode=began[website_id].isoformat(timespec="seconds"),
            detail=detail,
            rule_id=rule.id,
        )
        for website_id, detail in details.items()
    ]
