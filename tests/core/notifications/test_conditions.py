"""Slowness, budgets, unsteadiness and findings are announced once, when they begin."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.models import Finding, MonitorStatus, NotificationEvent, NotificationRule, Website
from core.notifications.condition_watch import announce_conditions
from core.schemas.notification_rule import NotificationRuleUpdate
from core.services import NotificationCRUD, NotificationRuleCRUD, coverage
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import at, make_check, make_maintenance, make_website, make_window


def slow_checks(db: Session, website, first: int, count: int, ms: float) -> None:  # type: ignore[no-untyped-def]
    for number in range(count):
        make_check(db, website, checked_at=at(first + 60 * number), response_time_ms=ms)


def told(db: Session) -> list[tuple[NotificationEvent, object]]:
    return [(one.event, one.happened_at) for one in NotificationCRUD.get_all(db)[0]]


def test_slowness_is_announced_once_per_episode(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["SLOW"], slow_ms=500, slow_minutes=5)

    slow_checks(store, website, 0, 5, 900.0)
    announce_conditions(store, at(300))
    announce_conditions(store, at(310))
    slow_checks(store, website, 300, 5, 100.0)
    announce_conditions(store, at(600))
    slow_checks(store, website, 600, 5, 900.0)
    announce_conditions(store, at(900))

    assert told(store) == [(NotificationEvent.SLOW, at(900)), (NotificationEvent.SLOW, at(300))]
    (newest, *_rest), _total = NotificationCRUD.get_all(store)
    assert newest.detail == (
        "5 of 5 checks of the last 5 minutes took longer than 500 ms, so the 95th percentile is above it."
    )


def test_a_single_minute_is_singular(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["SLOW"], slow_ms=500, slow_minutes=1)
    for seconds in (0, 10, 20):
        make_check(store, website, checked_at=at(seconds), response_time_ms=900.0)

    announce_conditions(store, at(30))

    (one,), _total = NotificationCRUD.get_all(store)
    assert str(one.detail).startswith("3 of 3 checks of the last minute took longer than 500 ms")


def test_one_slow_check_in_twenty_is_not_slow(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["SLOW"], slow_ms=500, slow_minutes=20)
    slow_checks(store, website, 0, 19, 100.0)
    slow_checks(store, website, 1_150, 1, 900.0)

    announce_conditions(store, at(1_200))

    assert told(store) == []


def test_slowness_uses_the_rules_websites_and_limit(store: Session) -> None:
    shop, other = make_website(store), make_website(store)
    channel = make_channel(store)
    make_rule(store, channel, events=["SLOW"], slow_ms=2_000)
    strict = make_rule(store, channel, events=["SLOW"], slow_ms=500, website_id=shop.id)
    for website in (shop, other):
        slow_checks(store, website, 0, 5, 900.0)

    announce_conditions(store, at(300))

    assert [(one.rule_id, one.website_id) for one in NotificationCRUD.get_all(store)[0]] == [(strict.id, shop.id)]


def test_slowness_during_maintenance_is_ignored(store: Session) -> None:
    website = make_website(store)
    make_maintenance(store, website_id=website.id, starts_at=at(0), duration_seconds=3_600)
    make_rule(store, make_channel(store), events=["SLOW"], slow_ms=500)
    slow_checks(store, website, 0, 5, 900.0)

    announce_conditions(store, at(300))

    assert told(store) == []


def test_a_changed_limit_begins_a_new_episode(store: Session) -> None:
    website = make_website(store)
    rule = make_rule(store, make_channel(store), events=["SLOW"], slow_ms=500)
    slow_checks(store, website, 0, 5, 900.0)
    announce_conditions(store, at(300))

    NotificationRuleCRUD.update(store, rule.id, NotificationRuleUpdate(slow_ms=600))
    announce_conditions(store, at(310))

    assert told(store) == [(NotificationEvent.SLOW, at(310)), (NotificationEvent.SLOW, at(300))]


def test_a_fast_burning_budget_is_announced_once(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["BUDGET"], budget_target=99.9)
    checks = [
        make_check(
            store, website, checked_at=at(60 * minute), status=MonitorStatus.DOWN if minute > 355 else MonitorStatus.UP
        )
        for minute in range(361)
    ]
    coverage.fold(store, checks)
    make_window(store, website, started_at=at(60 * 356))

    announce_conditions(store, at(60 * 355))
    assert told(store) == []
    announce_conditions(store, at(60 * 360))
    announce_conditions(store, at(60 * 360 + 30))

    ((one,), total) = NotificationCRUD.get_all(store)
    assert (total, one.event) == (1, NotificationEvent.BUDGET)
    assert one.detail and one.detail.startswith("Over the last hour the error budget of 99.9% burned 6")


def checks_failing(db: Session, website: Website, fails: set[int], minutes: range) -> None:
    """Store a check per minute, of which those in *fails* failed."""
    for minute in minutes:
        has_failed = minute in fails
        make_check(
            db,
            website,
            checked_at=at(60 * minute),
            status=MonitorStatus.DOWN if has_failed else MonitorStatus.UP,
            error_message="The server returned status 502." if has_failed else None,
        )


def test_unsteadiness_is_announced_once_until_the_website_is_steady(store: Session) -> None:
    website, well = make_website(store), make_website(store)
    make_rule(store, make_channel(store), events=["UNSTEADY"])
    checks_failing(store, well, {5}, range(20))

    checks_failing(store, website, {5, 10, 15}, range(20))
    for minute in (15, 20):
        announce_conditions(store, at(60 * minute + 30 * (minute == 20)))
    assert told(store) == [(NotificationEvent.UNSTEADY, at(1_230))], "at minute 15 it may yet be down"
    ((one,), _total) = NotificationCRUD.get_all(store)
    assert one.detail == (
        "3 of the last 20 checks failed, but too few in a row to count as down. The server returned status 502."
    )

    checks_failing(store, website, {25, 50, 90}, range(20, 100))
    for minute in (60, 80, 100):
        announce_conditions(store, at(60 * minute))
    assert len(told(store)) == 1

    checks_failing(store, website, set(), range(100, 160))
    announce_conditions(store, at(60 * 160))
    checks_failing(store, website, {160, 170, 180}, range(160, 190))
    announce_conditions(store, at(60 * 190))
    assert told(store) == [(NotificationEvent.UNSTEADY, at(60 * 190)), (NotificationEvent.UNSTEADY, at(1_230))]


def test_downtime_in_between_does_not_begin_a_new_episode(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["UNSTEADY"])
    checks_failing(store, website, {5, 10, 15}, range(20))
    announce_conditions(store, at(1_200))

    checks_failing(store, website, {20, 21, 22, 23}, range(20, 24))
    window = make_window(store, website, started_at=at(1_200))
    announce_conditions(store, at(60 * 24))
    window.ended_at = at(60 * 24)
    checks_failing(store, website, {26, 28, 30}, range(24, 35))
    announce_conditions(store, at(60 * 35))

    assert len(told(store)) == 1


def test_unsteadiness_uses_the_rules_limit(store: Session) -> None:
    shop, other = make_website(store), make_website(store)
    channel = make_channel(store)
    rule = make_rule(store, channel, events=["UNSTEADY"], unsteady_percent=20, website_id=shop.id)
    for website in (shop, other):
        checks_failing(store, website, {5, 10, 15}, range(20))
    announce_conditions(store, at(1_200))
    assert told(store) == []

    NotificationRuleCRUD.update(store, rule.id, NotificationRuleUpdate(unsteady_percent=15))
    announce_conditions(store, at(1_230))

    assert [one.website_id for one in NotificationCRUD.get_all(store)[0]] == [shop.id]

    NotificationRuleCRUD.update(store, rule.id, NotificationRuleUpdate(unsteady_percent=10))
    announce_conditions(store, at(1_260))
    assert told(store) == [(NotificationEvent.UNSTEADY, at(1_260)), (NotificationEvent.UNSTEADY, at(1_230))]


def test_maintenance_ends_unsteadiness(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["UNSTEADY"])
    checks_failing(store, website, {5, 10, 15}, range(40))
    make_maintenance(store, website_id=website.id, starts_at=at(1_190), duration_seconds=600)

    for second in (1_200, 2_400):
        announce_conditions(store, at(second))

    assert told(store) == []


def a_finding(db: Session, window_id: int, kind: str, second: int, confidence: str = "high") -> None:
    db.add(
        Finding(
            window_id=window_id,
            position=1,
            kind=kind,
            sentence=f"It is {kind}.",
            confidence=confidence,
            why="",
            rests_on=[],
            created_at=at(second),
        )
    )
    db.flush()


def made_at(rule: NotificationRule, second: int) -> NotificationRule:
    rule.created_at = at(second)
    return rule


def test_a_selected_finding_is_announced_once_per_window(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0))
    made_at(make_rule(store, make_channel(store), events=["FINDING"], finding_kinds=["tls_expired"]), 10)
    a_finding(store, window.id, "tls_expired", 0)  # before the rule was created
    a_finding(store, window.id, "dns", 20)
    a_finding(store, window.id, "tls_expired", 20, confidence="note")
    announce_conditions(store, at(30))
    assert told(store) == []

    a_finding(store, window.id, "tls_expired", 40)
    for second in (50, 60):
        announce_conditions(store, at(second))

    ((one,), _total) = NotificationCRUD.get_all(store)
    assert (one.event, one.window_id, one.detail) == (NotificationEvent.FINDING, window.id, "It is tls_expired.")


def test_without_kinds_every_explaining_finding_is_announced(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0))
    made_at(make_rule(store, make_channel(store), events=["FINDING"]), 0)
    for kind in ("dns", "tls_expired"):
        a_finding(store, window.id, kind, 20)

    announce_conditions(store, at(30))

    assert len(told(store)) == 2


def test_findings_older_than_a_day_are_ignored_after_a_stop(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0))
    made_at(make_rule(store, make_channel(store), events=["FINDING"]), 0)
    a_finding(store, window.id, "dns", 20)

    announce_conditions(store, at(20) + timedelta(days=1, seconds=1))

    assert told(store) == []
