"""Lasting conditions and expiring certificates are announced once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.models import (
    DowntimeWindow,
    MonitorStatus,
    Notification,
    NotificationEvent,
    NotificationRule,
    NotificationState,
    WebsiteState,
)
from core.notifications.condition_watch import announce_conditions
from core.notifications.outbox import Change, announce
from core.notifications.trial import FOR_EVER
from core.schemas import DowntimeWindowUpdate, MaintenanceWindowCreate, WebsiteUpdate
from core.services import DowntimeWindowCRUD, MaintenanceWindowCRUD, NotificationCRUD, WebsiteCRUD, statistics
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import NOON, at, make_check, make_website, make_window

DEGRADED = MonitorStatus.DEGRADED


def test_a_degraded_website_is_announced_with_its_beginning(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["DEGRADED"], after_seconds=600)
    for seconds, status in enumerate([MonitorStatus.UP, DEGRADED, DEGRADED]):
        make_check(store, website, status=status, checked_at=at(60 * seconds))

    for minute in range(3, 6):
        announce_conditions(store, at(60 * minute))

    (one,), total = NotificationCRUD.get_all(store)
    assert total == 1
    assert (one.event, one.happened_at, one.due_at) == (NotificationEvent.DEGRADED, at(60), at(660))


def test_a_degraded_website_is_announced_among_healthy_ones(store: Session) -> None:
    website, other = make_website(store), make_website(store, url="https://other.example/")
    make_rule(store, make_channel(store), events=["DEGRADED"])
    for minute, status in enumerate([MonitorStatus.UP, DEGRADED, DEGRADED]):
        make_check(store, website, status=status, checked_at=at(60 * minute))
        make_check(store, other, status=MonitorStatus.UP, checked_at=at(60 * minute + 1))

    announce_conditions(store, at(180))

    told, _total = NotificationCRUD.get_all(store)
    assert [(one.website_id, one.happened_at) for one in told] == [(website.id, at(60))]


def test_a_second_degradation_is_a_new_episode(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["DEGRADED"])
    for minute, status in enumerate([DEGRADED, MonitorStatus.UP, DEGRADED]):
        make_check(store, website, status=status, checked_at=at(60 * minute))
        announce_conditions(store, at(60 * minute + 1))

    assert [one.happened_at for one in NotificationCRUD.get_all(store)[0]] == [at(120), at(0)]


def test_an_inconsistent_state_does_not_stop_the_watch(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["DEGRADED"])
    make_check(store, website, status=MonitorStatus.UP, checked_at=at(60))
    statistics.current_states(store)[website.id].status = DEGRADED
    store.flush()

    announce_conditions(store, at(120))

    assert NotificationCRUD.get_all(store)[1] == 0


def test_a_degraded_website_is_announced_after_maintenance(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["DEGRADED"])
    make_check(store, website, status=DEGRADED, checked_at=at(60))
    planned = MaintenanceWindowCreate(name="Deploy", website_id=website.id, starts_at=at(0), duration_seconds=600)
    MaintenanceWindowCRUD.create(store, planned)

    announce_conditions(store, at(300))
    quiet = NotificationCRUD.get_all(store)[1]
    announce_conditions(store, at(601))

    (one,), _total = NotificationCRUD.get_all(store)
    assert (quiet, one.happened_at) == (0, at(60))


def test_a_certificate_is_announced_by_each_rules_limit(store: Session) -> None:
    website = make_website(store)
    make_check(store, website)
    statistics.current_states(store)[website.id].certificate_expires_at = NOON + timedelta(days=20)
    store.flush()
    channel = make_channel(store)
    early = make_rule(store, channel, events=["CERTIFICATE"], certificate_days=30)
    make_rule(store, channel, events=["CERTIFICATE"], certificate_days=7)

    for hour in range(3):
        announce_conditions(store, at(3_600 * hour))

    (one,), _total = NotificationCRUD.get_all(store)
    assert (one.rule_id, one.event) == (early.id, NotificationEvent.CERTIFICATE)


def test_without_rules_nothing_is_evaluated(db: Session) -> None:
    make_check(db, make_website(db), status=DEGRADED)

    announce_conditions(db, NOON)

    assert NotificationCRUD.get_all(db)[1] == 0


def test_reminders_are_announced_once_per_interval_by_several_watches(store: Session) -> None:
    window = told_down(store, remind_seconds=3_600)

    for minute in (59, 60, 60, 61):
        announce_conditions(store, at(60 * minute))

    (reminder,) = reminders_of(store)
    assert (reminder.window_id, reminder.due_at, reminder.state) == (window.id, at(3_600), NotificationState.PENDING)


def test_a_reminder_is_due_one_interval_after_the_last_was_sent(store: Session) -> None:
    told_down(store, remind_seconds=3_600)
    announce_conditions(store, at(3_600))
    (first,) = reminders_of(store)
    announce_conditions(store, at(9_000))  # the channel refuses it, so no second one is added
    beside = len(reminders_of(store))

    first.state, first.sent_at = NotificationState.SENT, at(9_000)
    announce_conditions(store, at(12_584))
    early = len(reminders_of(store))
    announce_conditions(store, at(12_600))

    assert (beside, early, len(reminders_of(store))) == (1, 1, 2)


def test_a_pending_failure_has_no_reminder(store: Session) -> None:
    told_down(store, remind_seconds=3_600)
    NotificationCRUD.get_all(store)[0][0].state = NotificationState.PENDING

    announce_conditions(store, at(90_000))

    assert reminders_of(store) == []


@pytest.mark.parametrize("state", [NotificationState.FAILED, NotificationState.SKIPPED])
def test_refused_and_skipped_failures_have_reminders(store: Session, state: NotificationState) -> None:
    told_down(store, remind_seconds=3_600)
    (failure,) = NotificationCRUD.get_all(store)[0]
    failure.state, failure.sent_at, failure.due_at = state, None, at(3_000)

    announce_conditions(store, at(6_600))

    assert len(reminders_of(store)) == 1


def test_reminders_end_with_recovery_acknowledgement_or_pause(store: Session) -> None:
    back, taken, paused = (told_down(store, name=name, remind_seconds=3_600) for name in ("Back", "Taken", "Paused"))
    DowntimeWindowCRUD.update(store, back.id, DowntimeWindowUpdate(ended_at=at(60)))
    taken.acknowledged_by, taken.acknowledged_at = "ada", at(60)
    WebsiteCRUD.update(store, paused.website_id, WebsiteUpdate(is_active=False))

    announce_conditions(store, at(90_000))

    assert reminders_of(store) == []


def test_reminders_pause_during_maintenance(store: Session) -> None:
    window = told_down(store, remind_seconds=3_600)
    planned = MaintenanceWindowCreate(
        name="Deploy", website_id=window.website_id, starts_at=at(0), duration_seconds=7_200
    )
    MaintenanceWindowCRUD.create(store, planned)

    announce_conditions(store, at(3_700))
    quiet = len(reminders_of(store))
    announce_conditions(store, at(7_201))

    assert (quiet, len(reminders_of(store))) == (0, 1)


@pytest.mark.parametrize(
    "seen",
    [
        {"status": MonitorStatus.UNKNOWN},
        {"status": MonitorStatus.UP},
        {"known_until": at(3_599)},
    ],
    ids=["our own network fails", "it answers again, and is not called back yet", "nobody looks any more"],
)
def test_a_website_with_unknown_status_has_no_reminder(store: Session, seen: dict[str, Any]) -> None:
    window = told_down(store, remind_seconds=3_600)
    state = store.get(WebsiteState, window.website_id)
    for name, value in seen.items():
        setattr(state, name, value)

    announce_conditions(store, at(3_600))

    assert reminders_of(store) == []


def test_each_rule_reminds_of_its_own_messages(store: Session) -> None:
    told_down(store, name="Often", remind_seconds=600)
    told_down(store, name="Never", remind_seconds=0)
    told_down(store, name="Seldom", remind_seconds=36_000)

    announce_conditions(store, at(3_600))

    (one,) = reminders_of(store)
    rule = store.get(NotificationRule, one.rule_id)
    assert rule is not None and rule.remind_seconds == 600


def told_down(store: Session, *, name: str = "Shop", remind_seconds: int) -> DowntimeWindow:
    """A website that is down, with a message that its own rule sent at noon."""
    website = make_website(store, name=name)
    rule = make_rule(store, make_channel(store, name=name), website_id=website.id, remind_seconds=remind_seconds)
    window = make_window(store, website, started_at=NOON)
    store.add(seen_down(website.id))
    failure = Change(
        event=NotificationEvent.DOWN,
        website_id=website.id,
        window_id=window.id,
        happened_at=NOON,
        episode=str(window.id),
        rule_id=rule.id,
    )
    announce(store, [failure], NOON)
    (row,) = (one for one in NotificationCRUD.get_all(store)[0] if one.window_id == window.id)
    row.state, row.sent_at = NotificationState.SENT, NOON
    store.flush()
    return window


def seen_down(website_id: int) -> WebsiteState:
    """The website's state, valid for the whole test."""
    known_until = FOR_EVER - timedelta(days=1)
    return WebsiteState(website_id=website_id, status=MonitorStatus.DOWN, checked_at=NOON, known_until=known_until)


def reminders_of(store: Session) -> list[Notification]:
    return [one for one in NotificationCRUD.get_all(store)[0] if one.event is NotificationEvent.REMINDER]
