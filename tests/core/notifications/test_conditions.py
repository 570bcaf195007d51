"""What rules ask of response times, error budgets and findings is announced when it begins, and once."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.models import Finding, MonitorStatus, NotificationEvent, NotificationRule
from core.notifications.watch import announce_conditions
from core.schemas.notification_rule import NotificationRuleUpdate
from core.services import NotificationCRUD, NotificationRuleCRUD, coverage
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import at, make_check, make_maintenance, make_website, make_window


def slow_checks(db: Session, website, first: int, count: int, ms: float) -> None:  # type: ignore[no-untyped-def]
    for number in range(count):
        make_check(db, website, checked_at=at(first + 60 * number), response_time_ms=ms)


def told(db: Session) -> list[tuple[NotificationEvent, object]]:
    return [(one.event, one.happened_at) for one in NotificationCRUD.get_all(db)[0]]


def test_a_website_that_becomes_slow_is_told_of_once_and_again_the_next_time(store: Session) -> None:
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


def test_one_slow_check_in_twenty_is_not_slow(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["SLOW"], slow_ms=500, slow_minutes=20)
    slow_checks(store, website, 0, 19, 100.0)
    slow_checks(store, website, 1_150, 1, 900.0)

    announce_conditions(store, at(1_200))

    assert told(store) == []


def test_a_rule_hears_of_its_own_websites_at_its_own_limit(store: Session) -> None:
    shop, other = make_website(store), make_website(store)
    channel = make_channel(store)
    make_rule(store, channel, events=["SLOW"], slow_ms=2_000)
    strict = make_rule(store, channel, events=["SLOW"], slow_ms=500, website_id=shop.id)
    for website in (shop, other):
        slow_checks(store, website, 0, 5, 900.0)

    announce_conditions(store, at(300))

    assert [(one.rule_id, one.website_id) for one in NotificationCRUD.get_all(store)[0]] == [(strict.id, shop.id)]


def test_maintenance_is_not_slow(store: Session) -> None:
    website = make_website(store)
    make_maintenance(store, website_id=website.id, starts_at=at(0), duration_seconds=3_600)
    make_rule(store, make_channel(store), events=["SLOW"], slow_ms=500)
    slow_checks(store, website, 0, 5, 900.0)

    announce_conditions(store, at(300))

    assert told(store) == []


def test_a_rule_whose_limit_was_changed_begins_anew(store: Session) -> None:
    website = make_website(store)
    rule = make_rule(store, make_channel(store), events=["SLOW"], slow_ms=500)
    slow_checks(store, website, 0, 5, 900.0)
    announce_conditions(store, at(300))

    NotificationRuleCRUD.update(store, rule.id, NotificationRuleUpdate(slow_ms=600))
    announce_conditions(store, at(310))

    assert told(store) == [(NotificationEvent.SLOW, at(310)), (NotificationEvent.SLOW, at(300))]


def test_a_budget_that_is_spent_too_fast_is_told_of_once(store: Session) -> None:
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
    assert one.detail and one.detail.startswith("Over the last hour the error budget of 99.9 % was spent 6")


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


def test_a_finding_of_the_rules_kinds_is_told_of_once_for_each_window(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0))
    made_at(make_rule(store, make_channel(store), events=["FINDING"], finding_kinds=["tls_expired"]), 10)
    a_finding(store, window.id, "tls_expired", 0)  # before the rule was there
    a_finding(store, window.id, "dns", 20)
    a_finding(store, window.id, "tls_expired", 20, confidence="note")
    announce_conditions(store, at(30))
    assert told(store) == []

    a_finding(store, window.id, "tls_expired", 40)
    for second in (50, 60):
        announce_conditions(store, at(second))

    ((one,), _total) = NotificationCRUD.get_all(store)
    assert (one.event, one.window_id, one.detail) == (NotificationEvent.FINDING, window.id, "It is tls_expired.")


def test_without_kinds_all_that_explains_a_failure_is_told(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0))
    made_at(make_rule(store, make_channel(store), events=["FINDING"]), 0)
    for kind in ("dns", "tls_expired"):
        a_finding(store, window.id, kind, 20)

    announce_conditions(store, at(30))

    assert len(told(store)) == 2


def test_what_is_older_than_a_day_is_not_told_after_a_stop(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0))
    made_at(make_rule(store, make_channel(store), events=["FINDING"]), 0)
    a_finding(store, window.id, "dns", 20)

    announce_conditions(store, at(20) + timedelta(days=1, seconds=1))

    assert told(store) == []
