"""What was gathered of a failure is announced with its diagnosis, once there is something to see."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import NotificationEvent, SessionTrigger
from core.schemas import DowntimeWindowUpdate
from core.services import DowntimeWindowCRUD, NotificationCRUD
from core.workers.evidence_store import attend_window
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import make_session, make_website, make_window

DAYS = 14


def a_failure(db: Session, *, trigger: SessionTrigger = SessionTrigger.FAILURE, is_seen: bool = True) -> int:
    """A website is down, and a session of it has ended or goes on; who wants to see it is told."""
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

    news = attend_window(store, window_id, None, DAYS)
    attend_window(store, window_id, None, DAYS)  # as another server does, or this one after it was started again
    attend_window(store, window_id, news.seen if news else None, DAYS)

    assert announced(store) == [NotificationEvent.EVIDENCE]


@pytest.mark.parametrize(
    ("trigger", "is_seen"), [(SessionTrigger.FAILURE, False), (SessionTrigger.MANUAL, True)], ids=["goes on", "by hand"]
)
def test_one_that_goes_on_or_that_somebody_started_is_not(db: Session, trigger: SessionTrigger, is_seen: bool) -> None:
    attend_window(db, a_failure(db, trigger=trigger, is_seen=is_seen), None, DAYS)

    assert announced(db) == []


def test_of_what_is_back_nothing_is_announced(db: Session) -> None:
    window_id = a_failure(db)
    DowntimeWindowCRUD.update(db, window_id, DowntimeWindowUpdate(ended_at=utc_now()))

    attend_window(db, window_id, None, DAYS)

    assert announced(db) == []
