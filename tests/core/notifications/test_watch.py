"""What lasts and what comes near is announced, once."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.models import MonitorStatus, NotificationEvent
from core.notifications.watch import announce_conditions
from core.schemas import MaintenanceWindowCreate
from core.services import MaintenanceWindowCRUD, NotificationCRUD, statistics
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import NOON, at, make_check, make_website

DEGRADED = MonitorStatus.DEGRADED


def test_a_website_that_stays_degraded_is_announced_from_when_it_began(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["DEGRADED"], after_seconds=600)
    for seconds, status in enumerate([MonitorStatus.UP, DEGRADED, DEGRADED]):
        make_check(store, website, status=status, checked_at=at(60 * seconds))

    for minute in range(3, 6):
        announce_conditions(store, at(60 * minute))

    (one,), total = NotificationCRUD.get_all(store)
    assert total == 1
    assert (one.event, one.happened_at, one.due_at) == (NotificationEvent.DEGRADED, at(60), at(660))


def test_the_next_time_is_another_one(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["DEGRADED"])
    for minute, status in enumerate([DEGRADED, MonitorStatus.UP, DEGRADED]):
        make_check(store, website, status=status, checked_at=at(60 * minute))
        announce_conditions(store, at(60 * minute + 1))

    assert [one.happened_at for one in NotificationCRUD.get_all(store)[0]] == [at(120), at(0)]


def test_a_degraded_website_whose_last_check_says_otherwise_ends_no_watch(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store), events=["DEGRADED"])
    make_check(store, website, status=MonitorStatus.UP, checked_at=at(60))
    statistics.current_states(store)[website.id].status = DEGRADED
    store.flush()

    announce_conditions(store, at(120))

    assert NotificationCRUD.get_all(store)[1] == 0


def test_maintenance_keeps_it_quiet_and_what_is_degraded_after_it_is_told(store: Session) -> None:
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


def test_a_certificate_is_announced_to_those_whose_rule_says_that_it_is_time(store: Session) -> None:
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


def test_where_nobody_asks_nothing_is_looked_for(db: Session) -> None:
    make_check(db, make_website(db), status=DEGRADED)

    announce_conditions(db, NOON)

    assert NotificationCRUD.get_all(db)[1] == 0
