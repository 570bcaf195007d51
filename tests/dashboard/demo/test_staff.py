"""The demo fills the pages about people: accounts, maintenance, notifications and the audit log."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import DowntimeWindow, NotificationState
from core.sealing import Sealer
from core.services import (
    AuditEventCRUD,
    MaintenanceWindowCRUD,
    NotificationChannelCRUD,
    NotificationRuleCRUD,
    StatusPageCRUD,
    UserCRUD,
    status_groups,
)
from core.services.maintenance_window import planned
from core.services.notification import NotificationCRUD
from dashboard.demo.cast import CAST
from dashboard.demo.staff import ACCOUNTS, add_staff
from tests.factories import make_website

NOW = utc_now()


@pytest.fixture
def demo(db: Session) -> Session:
    for player in CAST:
        website = make_website(db, name=player.name, tags=list(player.tags))
    db.add(DowntimeWindow(website_id=website.id, started_at=NOW - timedelta(hours=2), ended_at=NOW))
    db.flush()
    add_staff(db, now=NOW, port=9, sealer=Sealer(b"key"))
    return db


def test_accounts_and_audit_events_exist(demo: Session) -> None:
    assert [user.name for user in UserCRUD.get_all(demo)[0]] == sorted(name for name, _role in ACCOUNTS)
    assert AuditEventCRUD.get_all(demo)[1] >= 5


def test_past_recurring_and_coming_maintenance_exist(demo: Session) -> None:
    windows, count = MaintenanceWindowCRUD.get_all(demo)

    assert count == 3
    assert any(window.recurrence for window in windows)
    one = next(window.website_id for window in windows if window.name == "Database upgrade")
    assert one is not None
    assert planned(demo, [one], since=NOW, until=NOW + timedelta(days=7))


def test_a_status_page_exists(demo: Session) -> None:
    pages, count = StatusPageCRUD.get_all(demo, 0, 10)

    assert count == 1
    assert [len(group.website_ids) for group in status_groups.shown(demo, pages[0].id)] == [4, 4]


def test_each_window_has_notifications(demo: Session) -> None:
    told, count = NotificationCRUD.get_all(demo)

    assert NotificationChannelCRUD.get_all(demo)[1] == NotificationRuleCRUD.get_all(demo)[1] == 1
    assert count == 2
    assert {one.state for one in told} == {NotificationState.SENT}
