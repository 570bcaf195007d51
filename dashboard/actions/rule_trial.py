"""Replays a notification rule on the last 30 days and counts the messages it would have sent, by event."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from core.clock import utc_at
from core.models import DowntimeWindow, Finding, MonitorStatus, NotificationEvent, NotificationRule, Website
from core.notifications import trial, trial_conditions
from core.notifications.delivery import DIGEST_MIN
from core.notifications.faults import is_whole, page_of
from core.notifications.rules import EPISODIC, due_at, is_already_known
from core.notifications.trial import ConditionSpan, Trial
from core.notifications.trial_faults import Looked, fault_spells
from core.schemas.notification_rule import NotificationRuleCreate
from core.services import DowntimeWindowCRUD, WebsiteCRUD, degraded, dependency, flapping, notification_conditions
from core.services.failure_picture import pictured_at
from core.services.maintenance_window import maintenance
from core.services.slowness import slow_spans
from core.services.spans import Span
from core.services.unsteadiness import passing_since
from core.services.website_fault import sessions_since

TRIED_DAYS = 30
MAX_WINDOWS = 100_000  # downtime windows; more than any installation has in 30 days
OF_CHECKS = (NotificationEvent.DEGRADED, NotificationEvent.SLOW, NotificationEvent.UNSTEADY)
RESTING = (NotificationEvent.DEGRADED, *EPISODIC)
"""Events that maintenance mutes. Failures need no filter, as no downtime window opens during maintenance."""
RENEWED = "Certificates replaced during that time are not counted."
SILENCES = "Past region outages are not stored, so they are not counted."
TOGETHER = f"From {DIGEST_MIN} on, failures that come together are sent as one message; here each counts."


@dataclass(frozen=True, kw_only=True)
class History:
    """The past that a rule is replayed on."""

    rule: NotificationRuleCreate
    website_ids: Sequence[int]
    windows: Sequence[ConditionSpan]
    """Downtime windows."""
    windows_of: Mapping[int, Sequence[ConditionSpan]]
    """The downtime windows by website id."""
    announced: Sequence[ConditionSpan]
    """The windows that were sent as failures, not as flapping."""
    resting: Mapping[int, Sequence[Span]]
    """Each website's maintenance; empty if no event of the rule needs it."""
    since: datetime
    until: datetime

    def is_down_or_resting(self, website_id: int, at: datetime) -> bool:
        """Return whether the website was down or in maintenance at that time."""
        own = self.windows_of.get(website_id, ())
        is_down = any(spell.began_at <= at and (spell.ended_at is None or at <= spell.ended_at) for spell in own)
        return is_down or any(start <= at.timestamp() < end for start, end in self.resting.get(website_id, ()))

    @cached_property
    def notified_failures(self) -> dict[int | None, ConditionSpan]:
        """The failures that the rule would have sent, by downtime window id."""
        return {spell.window_id: spell for spell in trial.sent_spans(self.rule, NotificationEvent.DOWN, self.announced)}


def tried(db: Session, rule: NotificationRuleCreate, until: datetime) -> Trial:
    """Return the messages of *rule* in the `TRIED_DAYS` before *until*, counted by event, and what is not known.

    The replay respects delays, cool-down, quiet hours, maintenance, dependencies, flapping and acknowledgements.
    """
    since = until - timedelta(days=TRIED_DAYS)
    website_ids = notification_conditions.subjects(db, NotificationRule(**rule.model_dump(mode="json")))
    windows = _with_muted_until(db, _windows(db, rule, website_ids, since))
    flapped = _flapping(db, website_ids, since)
    counts = trial.changes(rule, windows, flapped)
    is_resting_asked = rule.remind_seconds or {*RESTING, NotificationEvent.FAULT} & set(rule.events)
    resting = maintenance(db, website_ids, since=since, until=until) if is_resting_asked else {}
    past = History(
        rule=rule,
        website_ids=website_ids,
        windows=windows,
        windows_of=_by_website(windows),
        announced=trial.announced(windows, flapped),
        resting=resting,
        since=since,
        until=until,
    )
    if rule.remind_seconds:
        counts[NotificationEvent.REMINDER] = trial.reminders(rule, windows, flapped, resting, until)
    for event, look in FINDERS.items():
        if event in rule.events:
            spells = look(db, past)
            spells = trial.outside_maintenance(event, spells, resting) if event in RESTING else list(spells)
            found = trial.sent_spans(rule, event, _with_muted_until(db, spells))
            counts[event] = len(found)
            if event is NotificationEvent.FAULT:
                counts[NotificationEvent.MENDED] = sum(spell.ended_at is not None for spell in found)
    return Trial(by_event=counts, unknown=tuple(_unknown(db, rule, website_ids, since, counts)))


def _windows(
    db: Session, rule: NotificationRuleCreate, website_ids: Sequence[int], since: datetime
) -> list[ConditionSpan]:
    found, _total = DowntimeWindowCRUD.get_by_website(db, rule.website_id, since, None, 0, MAX_WINDOWS)
    own = set(website_ids)
    return [
        ConditionSpan(
            website_id=window.website_id,
            window_id=window.id,
            began_at=window.started_at,
            ended_at=window.ended_at,
            has_recovered=window.recovery_status is not MonitorStatus.UNKNOWN,
            acknowledged_at=window.acknowledged_at,
        )
        for window in found
        if window.website_id in own
    ]


def _with_muted_until(db: Session, spells: Iterable[ConditionSpan]) -> list[ConditionSpan]:
    """Return *spells* with the time until which a website that theirs depends on muted each."""
    websites: dict[int, Website | None] = {}
    muted = []
    for spell in spells:
        if spell.website_id not in websites:
            websites[spell.website_id] = WebsiteCRUD.get_by_id(db, spell.website_id)
        website = websites[spell.website_id]
        is_dependent = website is not None and website.depends_on
        until = dependency.down_until(db, website, spell.began_at) if website and is_dependent else None
        muted.append(replace(spell, muted_until=until))
    return muted


def _flapping(db: Session, website_ids: Sequence[int], since: datetime) -> Mapping[int, Sequence[ConditionSpan]]:
    spans = flapping.spans_since(db, website_ids, since)
    return _by_website(
        ConditionSpan(website_id=span.website_id, began_at=span.started_at, ended_at=span.ended_at) for span in spans
    )


def _by_website(spells: Iterable[ConditionSpan]) -> Mapping[int, Sequence[ConditionSpan]]:
    found: dict[int, list[ConditionSpan]] = {}
    for spell in spells:
        found.setdefault(spell.website_id, []).append(spell)
    return found


def _degraded(db: Session, past: History) -> Iterable[ConditionSpan]:
    ids = notification_conditions.degraded_at_all(db, past.website_ids, past.since)
    shares = degraded.degraded(db, ids, since=past.since, until=past.until, by_hour=False) if ids else {}
    for website_id, of_website in shares.items():
        for start, end in of_website.get(1.0, []):
            ended_at = utc_at(end)
            began_at = utc_at(start)
            yield ConditionSpan(
                website_id=website_id, began_at=began_at, ended_at=None if ended_at >= past.until else ended_at
            )


def _certificates(db: Session, past: History) -> Iterable[ConditionSpan]:
    """Yield when the certificates that are in use now came close to their expiry."""
    ahead = timedelta(days=past.rule.certificate_days)
    for website_id, expires_at in notification_conditions.certificates_until(db, past.until + ahead).items():
        if website_id in past.website_ids and expires_at - ahead >= past.since:
            yield ConditionSpan(website_id=website_id, began_at=expires_at - ahead)


def _slow(db: Session, past: History) -> Iterable[ConditionSpan]:
    width = timedelta(minutes=past.rule.slow_minutes)
    spans = slow_spans(db, past.website_ids, past.rule.slow_ms, since=past.since, until=past.until, width=width)
    return trial_conditions.slow_spells((place for place, found in spans.items() if found.is_slow), width)


def _budget(_db: Session, past: History) -> Iterable[ConditionSpan]:
    return trial_conditions.burn_spells(past.windows, past.rule.budget_target, past.until)


def _unsteady(db: Session, past: History) -> Iterable[ConditionSpan]:
    own = set(past.website_ids)
    for website_id, (every, failures) in passing_since(db, own, past.since, past.until).items():
        yield from trial_conditions.unsteady_spells(
            website_id,
            failures,
            every=every,
            percent=past.rule.unsteady_percent,
            windows=past.windows_of.get(website_id, ()),
            resting=past.resting.get(website_id, ()),
        )


def _findings(db: Session, past: History) -> Iterable[ConditionSpan]:
    """Yield the first finding of each window and kind, as each is sent once.

    A finding is skipped if the failure itself would not have been sent, or if its message already said the same: by its
    first check's error, or by the cause known when a delayed message was sent.
    """
    failures = past.notified_failures if NotificationEvent.DOWN in past.rule.events else None
    first: dict[tuple[int, str], tuple[Finding, DowntimeWindow]] = {}
    for finding, window in notification_conditions.findings_since(db, past.since, past.rule.finding_kinds):
        if window.website_id in past.website_ids and (failures is None or window.id in failures):
            first.setdefault((window.id, finding.kind), (finding, window))
    causes = notification_conditions.causes_at_first(db, past.since) if first and failures is not None else {}
    for finding, window in first.values():
        known_causes = [causes[window.id]] if window.id in causes else []
        if failures and window.root_cause and _is_sent_later(past.rule, failures[window.id], finding.created_at):
            known_causes.append(window.root_cause)
        if not is_already_known(finding.sentence, known_causes):
            yield ConditionSpan(website_id=window.website_id, began_at=finding.created_at)


def _is_sent_later(rule: NotificationRuleCreate, failure: ConditionSpan, moment: datetime) -> bool:
    return due_at(rule, NotificationEvent.DOWN, failure.began_at, failure.began_at) >= moment


def _faults(db: Session, past: History) -> Iterable[ConditionSpan]:
    """Yield faults that sessions found while the website was up and not in maintenance."""
    sessions = [
        Looked(
            website_id=session.website_id,
            page=page_of(session),
            ended_at=session.completed_at,
            is_whole=is_whole(session),
            found=found,
        )
        for session, found in sessions_since(db, past.website_ids, past.since)
        if session.completed_at is not None and not past.is_down_or_resting(session.website_id, session.completed_at)
    ]
    return fault_spells(sessions, past.rule.finding_kinds)


def _evidence(db: Session, past: History) -> Iterable[ConditionSpan]:
    """Yield when a failure got its picture, if its message had already been sent without one."""
    failures = past.notified_failures
    for window_id, seen_at in pictured_at(db, since=past.since).items():
        window = failures.get(window_id)
        if window is not None and seen_at > due_at(past.rule, NotificationEvent.DOWN, window.began_at, window.began_at):
            yield replace(window, began_at=seen_at)


FINDERS: Mapping[NotificationEvent, Callable[[Session, History], Iterable[ConditionSpan]]] = {
    NotificationEvent.DEGRADED: _degraded,
    NotificationEvent.CERTIFICATE: _certificates,
    NotificationEvent.SLOW: _slow,
    NotificationEvent.FINDING: _findings,
    NotificationEvent.FAULT: _faults,
    NotificationEvent.BUDGET: _budget,
    NotificationEvent.UNSTEADY: _unsteady,
    NotificationEvent.EVIDENCE: _evidence,
}


def _unknown(
    db: Session,
    rule: NotificationRuleCreate,
    website_ids: Sequence[int],
    since: datetime,
    counts: Mapping[NotificationEvent, int],
) -> Iterable[str]:
    known_since = notification_conditions.known_since(db, website_ids) if set(OF_CHECKS) & set(rule.events) else None
    if known_since is not None and known_since > since:
        before = "earlier degraded, slow or intermittent websites are not counted"
        yield f"Stored checks begin on {known_since:%Y-%m-%d}: {before}."
    if NotificationEvent.CERTIFICATE in rule.events:
        yield RENEWED
    if NotificationEvent.SILENT in rule.events:
        yield SILENCES
    if counts.get(NotificationEvent.DOWN, 0) >= DIGEST_MIN:
        yield TOGETHER
