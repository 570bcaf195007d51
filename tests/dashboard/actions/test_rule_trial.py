"""A rule is tried on the downtime of the last 30 days."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import (
    DebugSessionState,
    Finding,
    FlappingSpan,
    MonitorStatus,
    NotificationEvent,
    SessionTrigger,
    Website,
    WebsiteState,
)
from core.schemas import MaintenanceWindowCreate
from core.schemas.notification_rule import NotificationRuleCreate
from core.services import DowntimeWindowCRUD, MaintenanceWindowCRUD, WebsiteCRUD
from dashboard.actions.rule_trial import RENEWED, TOGETHER, tried
from tests.core.notifications.conftest import make_channel
from tests.core.services.test_failure_picture import picture
from tests.factories import at, make_check, make_session, make_website, make_window

NOW = at(86_400)
ALL = ["DOWN", "UP", "SLOW", "FINDING", "BUDGET"]


def a_day(db: Session) -> tuple[int, int]:
    """A website that was down for ten minutes, with a finding, and slow for ten; another that was always fast."""
    shop, other = make_website(db, name="Shop"), make_website(db, name="Other")
    window = make_window(db, shop, started_at=at(0), ended_at=at(600))
    kept = {"position": 1, "sentence": "It is DNS.", "why": "", "rests_on": [], "confidence": "high"}
    db.add(Finding(window_id=window.id, kind="dns", created_at=at(30), **kept))
    for minute in range(10):
        make_check(db, shop, checked_at=at(3_600 + 60 * minute), response_time_ms=900.0)
        make_check(db, other, checked_at=at(3_600 + 60 * minute), response_time_ms=100.0)
    return shop.id, other.id


def a_rule(db: Session, **overrides: object) -> NotificationRuleCreate:
    given = {"name": "Tried", "channel_id": make_channel(db).id, "events": ALL, "slow_ms": 500} | overrides
    return NotificationRuleCreate.model_validate(given)


def test_each_event_is_counted_separately(store: Session) -> None:
    a_day(store)

    trial = tried(store, a_rule(store), NOW)

    assert trial.by_event == {
        NotificationEvent.DOWN: 1,
        NotificationEvent.UP: 1,
        NotificationEvent.SLOW: 1,
        NotificationEvent.FINDING: 1,
        NotificationEvent.BUDGET: 1,
    }


@pytest.mark.parametrize(
    ("said", "root_cause", "rule", "count"),
    [
        ("It is DNS", None, {}, 0),
        ("It failed.", "It is DNS.", {}, 1),
        ("It failed.", "It is DNS.", {"after_seconds": 120}, 0),
        ("It is DNS.", None, {"events": ["FINDING"]}, 1),
    ],
    ids=["by the failure", "after it", "with it", "failures are not told"],
)
def test_a_finding_already_in_the_failures_message_is_not_counted(
    store: Session, said: str, root_cause: str | None, rule: dict[str, object], count: int
) -> None:
    shop, _other = a_day(store)
    website = store.get_one(Website, shop)
    make_check(store, website, checked_at=at(0), status=MonitorStatus.DOWN, error_message=said)
    window = DowntimeWindowCRUD.get_by_website(store, shop)[0][0]
    window.root_cause = root_cause

    found = tried(store, a_rule(store, **({"events": ["DOWN", "FINDING"]} | rule)), NOW)

    assert found.by_event[NotificationEvent.FINDING] == count


def test_reminders_are_counted_if_the_rule_has_them(store: Session) -> None:
    a_day(store)

    trial = tried(store, a_rule(store, events=["DOWN"], remind_seconds=120), NOW)

    assert trial.by_event == {NotificationEvent.DOWN: 1, NotificationEvent.REMINDER: 4}


def test_only_the_rules_events_and_websites_count(store: Session) -> None:
    _shop, other = a_day(store)

    assert tried(store, a_rule(store, website_id=other), NOW).by_event == dict.fromkeys(map(NotificationEvent, ALL), 0)


def test_the_rules_own_limits_kinds_and_targets_apply(store: Session) -> None:
    a_day(store)

    counts = tried(store, a_rule(store, slow_ms=950, finding_kinds=["tls_expired"], budget_target=90), NOW).by_event

    assert (counts[NotificationEvent.SLOW], counts[NotificationEvent.FINDING]) == (0, 0)
    assert counts[NotificationEvent.BUDGET] == 0


def test_downtime_that_a_pause_ends_counts_no_recovery(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0), ended_at=at(600))
    window.recovery_status = MonitorStatus.UNKNOWN
    store.flush()

    trial = tried(store, a_rule(store, events=["DOWN", "UP"]), NOW)

    assert trial.by_event == {NotificationEvent.DOWN: 1, NotificationEvent.UP: 0}


def test_events_before_the_span_do_not_count(store: Session) -> None:
    a_day(store)

    assert set(tried(store, a_rule(store), NOW + timedelta(days=31)).by_event.values()) == {0}


def test_degraded_times_come_from_checks_and_maintenance_mutes_them(store: Session) -> None:
    shop, other = make_website(store, name="Shop"), make_website(store, name="Other")
    for website in (shop, other):
        for minute in range(20):
            status = MonitorStatus.DEGRADED if 5 <= minute < 12 or minute == 15 else MonitorStatus.UP
            make_check(store, website, checked_at=at(60 * minute), status=status)
    MaintenanceWindowCRUD.create(
        store,
        MaintenanceWindowCreate(name="Deploy", website_id=other.id, starts_at=at(290), duration_seconds=500),
    )

    rule = a_rule(store, events=["DEGRADED"])
    at_once = tried(store, rule, NOW)
    lasting = tried(store, rule.model_copy(update={"after_seconds": 300}), NOW)

    assert at_once.by_event == {NotificationEvent.DEGRADED: 3}
    assert lasting.by_event == {NotificationEvent.DEGRADED: 1}


def test_unsteady_times_come_from_unconfirmed_failures(store: Session) -> None:
    shop, other = make_website(store, name="Shop"), make_website(store, name="Other")
    for website in (shop, other):
        for minute in range(0, 60, 10):
            make_check(store, website, checked_at=at(60 * minute), status=MonitorStatus.DOWN)
    make_window(store, other, started_at=at(0), ended_at=at(3_600))

    rule = a_rule(store, events=["UNSTEADY"])
    usual = tried(store, rule, NOW)
    bold = tried(store, rule.model_copy(update={"unsteady_percent": 50}), NOW)
    lasting = tried(store, rule.model_copy(update={"after_seconds": 7_200}), NOW)

    assert usual.by_event == {NotificationEvent.UNSTEADY: 1}
    assert (bold.by_event, lasting.by_event) == ({NotificationEvent.UNSTEADY: 0}, {NotificationEvent.UNSTEADY: 0})


def test_expiry_warnings_are_derived_from_current_certificates(store: Session) -> None:
    for days in (10, 13, 60):
        website = make_website(store)
        store.add(
            WebsiteState(
                website_id=website.id,
                status=MonitorStatus.UP,
                checked_at=NOW,
                certificate_expires_at=NOW + timedelta(days=days),
            )
        )

    rule = a_rule(store, events=["CERTIFICATE"])
    near = tried(store, rule, NOW)
    nearer = tried(store, rule.model_copy(update={"certificate_days": 11}), NOW)

    assert (near.by_event, near.unknown) == ({NotificationEvent.CERTIFICATE: 2}, (RENEWED,))
    assert nearer.by_event == {NotificationEvent.CERTIFICATE: 1}


def test_the_trial_states_what_is_unknown(store: Session) -> None:
    shop = make_website(store)
    shop.created_at = NOW - timedelta(days=90)
    make_check(store, shop, checked_at=NOW - timedelta(days=7))
    for hour in range(4):
        make_window(store, shop, started_at=at(3_600 * hour), ended_at=at(3_600 * hour + 60))

    trial = tried(store, a_rule(store, events=["DOWN", "DEGRADED"]), NOW)

    before = "earlier degraded, slow or intermittent websites are not counted"
    assert trial.unknown == (
        f"Stored checks begin on {NOW - timedelta(days=7):%Y-%m-%d}: {before}.",
        TOGETHER,
    )


def test_flapping_is_counted(store: Session) -> None:
    shop = make_website(store)
    store.add(FlappingSpan(website_id=shop.id, started_at=at(0), ended_at=at(3_600)))

    assert tried(store, a_rule(store, events=["DOWN"]), NOW).by_event == {
        NotificationEvent.DOWN: 0,
        NotificationEvent.FLAPPING: 1,
    }


def test_findings_during_flapping_count_if_the_rule_has_no_failures(store: Session) -> None:
    shop, _other = a_day(store)
    store.add(FlappingSpan(website_id=shop, started_at=at(-60), ended_at=at(3_600)))

    rule = a_rule(store, events=["DOWN", "FINDING"])

    with_failures = tried(store, rule, NOW).by_event
    alone = tried(store, rule.model_copy(update={"events": [NotificationEvent.FINDING]}), NOW).by_event

    assert (with_failures[NotificationEvent.FINDING], alone[NotificationEvent.FINDING]) == (0, 1)


def test_failures_while_a_dependency_is_down_are_not_counted(store: Session) -> None:
    router = make_website(store, name="Router", url="https://router.example/")
    shop = make_website(store, name="Shop", url="https://shop.example/", depends_on="https://router.example/")
    make_window(store, router, started_at=at(0), ended_at=at(600))
    make_window(store, shop, started_at=at(10), ended_at=at(600))
    make_window(store, shop, started_at=at(1_200), ended_at=at(1_300))

    counts = tried(store, a_rule(store, events=["DOWN"], website_id=shop.id), NOW).by_event

    assert counts == {NotificationEvent.DOWN: 1}


def test_evidence_counts_for_failures_sent_before_their_picture(store: Session) -> None:
    shop = make_website(store)
    window = make_window(store, shop, started_at=at(0), ended_at=at(600))
    usual = {"window_id": window.id, "trigger": SessionTrigger.FAILURE}
    picture(store, make_session(store, shop, **usual, started_at=at(1), completed_at=at(20)).id, b"whole")
    rule = a_rule(store, events=["DOWN", "EVIDENCE"])

    at_once = tried(store, rule, NOW)
    later = tried(store, rule.model_copy(update={"after_seconds": 300}), NOW)

    assert at_once.by_event == {NotificationEvent.DOWN: 1, NotificationEvent.EVIDENCE: 1}
    assert later.by_event == {NotificationEvent.DOWN: 1, NotificationEvent.EVIDENCE: 0}


def test_faults_and_their_ends_are_counted_while_a_website_is_up(store: Session) -> None:
    shop, _other = a_day(store)
    website = WebsiteCRUD.get_by_id(store, shop)
    assert website is not None
    kept = {"position": 1, "sentence": "It fails.", "why": "", "rests_on": [], "confidence": "high"}
    for second, is_at_fault in ((300, True), (2_000, True), (3_000, True), (4_000, False), (5_000, True)):
        ended = {"completed_at": at(second + 5), "state": DebugSessionState.COMPLETED, "success": True}
        session = make_session(store, website, started_at=at(second), trigger=SessionTrigger.BASELINE, **ended)
        if is_at_fault:
            store.add(Finding(debug_session_id=session.id, kind="api_failed", created_at=at(second), **kept))
    store.flush()

    trial = tried(store, a_rule(store, events=["FAULT"]), NOW)

    assert trial.by_event == {NotificationEvent.FAULT: 2, NotificationEvent.MENDED: 1}
