"""A rule is tried on what the store knows of the last 30 days."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.models import Finding, NotificationEvent
from core.schemas.notification_rule import NotificationRuleCreate
from dashboard.rule_trial import tried
from tests.core.notifications.conftest import make_channel
from tests.factories import at, make_check, make_website, make_window

NOW = at(86_400)
ALL = ["DOWN", "UP", "SLOW", "FINDING", "BUDGET"]


def a_day(db: Session) -> tuple[int, int]:
    """A website that was down for ten minutes, with a finding, and slow for ten; another that was well."""
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


def test_each_event_is_counted_by_itself(store: Session) -> None:
    a_day(store)

    counts = tried(store, a_rule(store), NOW)

    assert counts == {
        NotificationEvent.DOWN: 1,
        NotificationEvent.UP: 1,
        NotificationEvent.SLOW: 1,
        NotificationEvent.FINDING: 1,
        NotificationEvent.BUDGET: 1,
    }


def test_only_what_is_asked_for_and_of_whom_counts(store: Session) -> None:
    _shop, other = a_day(store)

    assert tried(store, a_rule(store, website_id=other), NOW) == dict.fromkeys(map(NotificationEvent, ALL), 0)


def test_limits_kinds_and_targets_are_the_rules_own(store: Session) -> None:
    a_day(store)

    counts = tried(store, a_rule(store, slow_ms=950, finding_kinds=["tls_expired"], budget_target=90), NOW)

    assert (counts[NotificationEvent.SLOW], counts[NotificationEvent.FINDING]) == (0, 0)
    assert counts[NotificationEvent.BUDGET] == 0


def test_what_was_before_the_span_does_not_count(store: Session) -> None:
    a_day(store)

    assert set(tried(store, a_rule(store), NOW + timedelta(days=31)).values()) == {0}


def test_of_what_the_past_is_not_known_nothing_is_said(store: Session) -> None:
    assert tried(store, a_rule(store, events=["DEGRADED", "CERTIFICATE"]), NOW) == {}


def test_what_was_down_with_what_it_depends_on_is_not_counted(store: Session) -> None:
    router = make_website(store, name="Router", url="https://router.example/")
    shop = make_website(store, name="Shop", url="https://shop.example/", depends_on="https://router.example/")
    make_window(store, router, started_at=at(0), ended_at=at(600))
    make_window(store, shop, started_at=at(10), ended_at=at(600))
    make_window(store, shop, started_at=at(1_200), ended_at=at(1_300))

    counts = tried(store, a_rule(store, events=["DOWN"], website_id=shop.id), NOW)

    assert counts == {NotificationEvent.DOWN: 1}
