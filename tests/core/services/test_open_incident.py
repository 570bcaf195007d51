"""An open incident is stored once and ended once, even with two processes."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.models import Notification, NotificationEvent
from core.services import NotificationChannelCRUD, NotificationCRUD, OpenIncidentCRUD, WebsiteCRUD
from tests.conftest import Queries
from tests.core.notifications.conftest import make_channel
from tests.core.services.test_notification_message import told
from tests.factories import NOON, at

HOUR = timedelta(hours=1)
ABOUT: dict[str, Any] = {"website": {"id": 1, "name": "Shop"}}


def opened(db: Session) -> Notification:
    """An incident that a message opened."""
    sent = told(db, make_channel(db).id, answer="Taken.")
    for _time in range(2):  # what goes on with it is noted no second time
        OpenIncidentCRUD.open(db, sent.channel_id, [sent.key], event=NotificationEvent.DOWN, sent_at=NOON, about=ABOUT)
    return sent


def test_an_incident_is_kept_when_its_notifications_are_deleted(store: Session) -> None:
    sent = opened(store)

    (lasting,) = OpenIncidentCRUD.get_lasting(store)
    incident = lasting.incident
    assert (incident.key, lasting.channel.id) == (sent.key, sent.channel_id)
    assert [one.notification.id for one in OpenIncidentCRUD.notifications_of(store, incident)] == [sent.id]
    WebsiteCRUD.delete(store, sent.website_id)
    assert OpenIncidentCRUD.notifications_of(store, incident) == []
    assert len(OpenIncidentCRUD.get_lasting(store)) == 1


def test_one_process_leases_the_end_of_an_incident_and_its_result_is_stored(store: Session) -> None:
    sent = opened(store)
    incident = OpenIncidentCRUD.get_lasting(store)[0].incident
    for because in ("It was paused.", "It was deleted."):
        OpenIncidentCRUD.end(store, incident, because, NOON)

    taken = [
        OpenIncidentCRUD.lease(store, at(seconds), at(seconds + 120), 10, max_pause=HOUR) for seconds in (1, 2, 200)
    ]
    ending = taken[0][0].incident
    OpenIncidentCRUD.finish(store, ending, at(121), "Too late.")
    OpenIncidentCRUD.finish(store, ending, at(320), "Ended.")

    assert [len(one) for one in taken] == [1, 0, 1]
    assert ending.ends_because == "It was paused."
    store.expire_all()
    assert NotificationCRUD.get_all(store)[0][0].answer == "Taken. Ended."
    assert sent.answer == "Taken. Ended."


def test_incidents_are_deleted_with_their_channel(store: Session) -> None:
    sent = opened(store)

    NotificationChannelCRUD.delete(store, sent.channel_id)

    assert OpenIncidentCRUD.get_lasting(store) == []


def test_the_notifications_of_an_incident_are_found_by_indexes(db: Session, query_counter: Queries) -> None:
    opened(db)
    incident = OpenIncidentCRUD.get_lasting(db)[0].incident

    with query_counter.counted(db.get_bind().engine) as queries:
        OpenIncidentCRUD.notifications_of(db, incident)

    (asked,) = queries.statements
    plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (0,) * asked.count("?")).all()
    assert "(channel_id=? AND sent_at=?)" in str(plan) and "(key=?)" in str(plan)
    assert "(channel_id=?)" not in str(plan) and "SCAN notifications" not in str(plan)


def test_the_notifications_of_all_incidents_are_found_by_indexes(db: Session, query_counter: Queries) -> None:
    sent = opened(db)

    with query_counter.counted(db.get_bind().engine) as queries:
        ((incident_id, (found,)),) = OpenIncidentCRUD.notifications_of_lasting(db).items()

    assert (incident_id, found.notification.id) == (1, sent.id)
    (asked,) = queries.statements
    plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (0,) * asked.count("?")).all()
    assert "(channel_id=? AND sent_at=?)" in str(plan) and "(key=?)" in str(plan)
    assert "SCAN notifications" not in str(plan)
