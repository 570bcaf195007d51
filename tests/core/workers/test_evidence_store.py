"""Collected evidence is announced together with its diagnosis."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.diagnosis.limits import Limits
from core.models import DebugSession, MonitorStatus, NotificationEvent, SessionTrigger, WebsiteFault
from core.schemas import DowntimeWindowUpdate
from core.services import DowntimeWindowCRUD, NotificationCRUD
from core.workers.evidence_store import due_for_baseline, update_window
from tests.core.notifications.conftest import make_channel, make_rule
from tests.core.notifications.test_faults import API, has_status, looks
from tests.factories import make_maintenance, make_session, make_website, make_window

DAYS = 14


def a_failure(db: Session, *, trigger: SessionTrigger = SessionTrigger.FAILURE, is_seen: bool = True) -> int:
    """Create an open window with a session (ended if *is_seen*) and a rule for its evidence; return its id."""
    make_rule(db, make_channel(db), events=["DOWN", "EVIDENCE"])
    website, now = make_website(db), utc_now()
    window = make_window(db, website, started_at=now - timedelta(seconds=20))
    begun_at = now - timedelta(seconds=10)
    make_session(db, website, trigger=trigger, started_at=begun_at, completed_at=now if is_seen else None)
    return window.id


def announced(db: Session) -> list[NotificationEvent]:
    return [one.event for one in NotificationCRUD.get_all(db)[0]]


def test_a_session_that_has_ended_is_announced_once(store: Session) -> None:
    window_id = a_failure(store)

    news = update_window(store, window_id, None, DAYS)
    update_window(store, window_id, None, DAYS)  # as another server does, or this one after it was started again
    update_window(store, window_id, news.seen if news else None, DAYS)

    assert announced(store) == [NotificationEvent.EVIDENCE]


@pytest.mark.parametrize(
    ("trigger", "is_seen"), [(SessionTrigger.FAILURE, False), (SessionTrigger.MANUAL, True)], ids=["goes on", "by hand"]
)
def test_a_running_or_manually_started_session_is_not_announced(
    db: Session, trigger: SessionTrigger, is_seen: bool
) -> None:
    update_window(db, a_failure(db, trigger=trigger, is_seen=is_seen), None, DAYS)

    assert announced(db) == []


def test_no_evidence_is_announced_after_a_recovery(db: Session) -> None:
    window_id = a_failure(db)
    DowntimeWindowCRUD.update(db, window_id, DowntimeWindowUpdate(ended_at=utc_now()))

    update_window(db, window_id, None, DAYS)

    assert announced(db) == []


def test_a_website_with_a_fault_is_visited_before_others(
    db: Session,
) -> None:
    worn, other, faulty = (make_website(db) for _ in range(3))
    for website in (worn, other, faulty):
        has_status(db, website.id, MonitorStatus.UP)
    make_rule(db, make_channel(db), events=["FAULT"])
    an_hour_ago = utc_now() - timedelta(minutes=50)
    make_session(db, worn, trigger=SessionTrigger.RECOVERY, started_at=an_hour_ago)
    looks(db, faulty.id, API, url=faulty.url)
    fault = db.query(WebsiteFault).one()
    fault.found_at -= timedelta(minutes=1)
    db.query(DebugSession).filter_by(website_id=faulty.id).update(
        {"completed_at": fault.found_at, "started_at": fault.found_at}
    )
    limits = Limits(per_website=1)

    first = due_for_baseline(db, 24, Limits())
    without = due_for_baseline(db, 24, limits)

    assert (first, without) == (faulty.id, other.id)


def test_a_website_in_maintenance_does_not_delay_baselines_of_others(db: Session) -> None:
    resting, other = make_website(db), make_website(db)
    for website in (resting, other):
        has_status(db, website.id, MonitorStatus.UP)
    make_maintenance(db, website_id=resting.id, starts_at=utc_now() - timedelta(minutes=1))

    assert due_for_baseline(db, 24, Limits()) == other.id
