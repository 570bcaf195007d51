"""The five core entities are stored on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session, selectinload

from core.models import (
    Base,
    ConsoleMessage,
    DebugSession,
    DowntimeWindow,
    HTTPMethod,
    MonitorCheck,
    MonitorStatus,
    NetworkEvent,
    NetworkEventType,
    SessionArtifact,
    Website,
)
from core.models.enums import ArtifactKind
from tests.factories import NOON, at, make_check, make_event, make_session, make_website, make_window

COLUMNS = {
    "websites": "id url name description check_interval timeout is_active created_at updated_at",
    "monitor_checks": "id website_id status http_status_code http_method response_time_ms dns_time_ms connect_time_ms "
    "tls_time_ms ttfb_ms error_message checked_at created_at",
    "downtime_windows": "id website_id started_at ended_at duration_seconds initial_status recovery_status "
    "affected_checks_count root_cause notes created_at updated_at",
    "debug_sessions": "id website_id session_key started_at completed_at success error_message user_agent browser_type "
    "created_at updated_at",
    "network_events": "id debug_session_id event_type url method status_code request_headers response_headers "
    "request_payload response_payload timestamp duration_ms error_message created_at",
}
INDEXES = {
    "websites": [("is_active", "url")],
    "monitor_checks": [("website_id", "checked_at"), ("status", "checked_at")],
    "downtime_windows": [("website_id", "started_at"), ("website_id", "ended_at")],
    "debug_sessions": [("website_id", "started_at")],
    "network_events": [("debug_session_id", "timestamp"), ("event_type", "timestamp")],
}


@pytest.mark.parametrize("table", COLUMNS)
def test_core_entities_have_the_columns_and_indexes_of_the_contract(table: str) -> None:
    built = Base.metadata.tables[table]

    assert set(COLUMNS[table].split()) <= set(built.columns.keys())
    assert set(INDEXES[table]) <= {tuple(column.name for column in index.columns) for index in built.indexes}


def test_every_core_entity_is_stored_and_read_back(store: Session) -> None:
    website = make_website(store, name="Shop")
    check = make_check(store, website, http_status_code=200, response_time_ms=12.5, dns_time_ms=1.25)
    window = make_window(store, website, notes="a note")
    session = make_session(store, website, session_key="key")
    event = make_event(store, session, request_headers={"Accept": "*/*", "Set-Cookie": "a=1\nb=2"}, duration_ms=3.5)
    store.commit()
    store.expunge_all()

    assert store.get_one(Website, website.id).name == "Shop"
    stored_check = store.get_one(MonitorCheck, check.id)
    assert (stored_check.status, stored_check.http_method) == (MonitorStatus.UP, HTTPMethod.GET)
    assert (stored_check.response_time_ms, stored_check.dns_time_ms) == (12.5, 1.25)
    assert store.get_one(DowntimeWindow, window.id).initial_status is MonitorStatus.DOWN
    assert store.get_one(DebugSession, session.id).browser_type == "chromium"
    stored_event = store.get_one(NetworkEvent, event.id)
    assert stored_event.event_type is NetworkEventType.REQUEST
    assert stored_event.request_headers == {"Accept": "*/*", "Set-Cookie": "a=1\nb=2"}


def test_a_method_outside_the_enum_is_stored_as_the_browser_sent_it(store: Session) -> None:
    session = make_session(store, make_website(store))
    known, unknown = make_event(store, session, method="POST"), make_event(store, session, method="PROPFIND")
    store.commit()
    store.expunge_all()

    assert store.get_one(NetworkEvent, known.id).method is HTTPMethod.POST
    assert store.get_one(NetworkEvent, unknown.id).method == "PROPFIND"


def test_a_time_in_another_zone_is_read_as_the_same_time_in_utc(store: Session) -> None:
    tokyo = datetime(2026, 3, 1, 21, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    store.add(MonitorCheck(website_id=make_website(store).id, status=MonitorStatus.UP, checked_at=tokyo))
    store.commit()
    store.expunge_all()

    stored = store.scalars(select(MonitorCheck.checked_at)).one()
    assert stored == tokyo
    assert stored.tzinfo is UTC


def test_a_naive_time_is_refused(store: Session) -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - the point
    store.add(MonitorCheck(website_id=make_website(store).id, status=MonitorStatus.UP, checked_at=naive))

    with pytest.raises(StatementError, match="has no time zone"):
        store.flush()


def test_the_url_of_a_website_is_unique(store: Session) -> None:
    store.add_all([Website(url="https://a.example/", name="a"), Website(url="https://a.example/", name="b")])

    with pytest.raises(IntegrityError):
        store.flush()


def test_the_key_of_a_debug_session_is_unique(store: Session) -> None:
    website = make_website(store)
    store.add_all([DebugSession(website_id=website.id, session_key="k") for _ in range(2)])

    with pytest.raises(IntegrityError):
        store.flush()


def test_a_check_without_a_website_is_refused_by_the_database(store: Session) -> None:
    store.add(MonitorCheck(website_id=4711, status=MonitorStatus.UP))

    with pytest.raises(IntegrityError):
        store.flush()


def test_a_value_outside_an_enum_is_refused(store: Session) -> None:
    store.add(MonitorCheck(website_id=make_website(store).id, status="FINE"))

    with pytest.raises(StatementError):
        store.flush()


def test_timestamps_are_set_and_an_update_changes_the_second(store: Session) -> None:
    website = make_website(store)
    created, first = website.created_at, website.updated_at

    website.name = "renamed"
    store.flush()

    assert created.tzinfo is UTC
    assert website.created_at == created
    assert first < website.updated_at


def test_relationships_connect_a_website_with_its_events_in_both_directions(store: Session) -> None:
    website = make_website(store)
    make_check(store, website)
    make_window(store, website)
    make_event(store, make_session(store, website))
    store.commit()
    store.expunge_all()

    down = selectinload(Website.debug_sessions).selectinload(DebugSession.network_events)
    loaded = store.scalars(
        select(Website).options(selectinload(Website.monitor_checks), selectinload(Website.downtime_windows), down)
    ).one()

    assert loaded.monitor_checks[0].website is loaded
    assert loaded.downtime_windows[0].website is loaded
    assert loaded.debug_sessions[0].website is loaded
    assert loaded.debug_sessions[0].network_events[0].debug_session is loaded.debug_sessions[0]


def _website_with_everything(store: Session) -> Website:
    website = make_website(store)
    make_check(store, website)
    make_window(store, website, ended_at=at(60))
    session = make_session(store, website)
    make_event(store, session)
    facts = {"debug_session_id": session.id, "timestamp": NOON, "offset_ms": 1.0}
    store.add(ConsoleMessage(level="error", source="console", text="oh", **facts))
    store.add(SessionArtifact(kind=ArtifactKind.SCREENSHOT, mime_type="image/png", size_bytes=1, data=b"x", **facts))
    store.commit()
    return website


@pytest.mark.parametrize("how", ["by the database alone", "by the session"])
def test_deleting_a_website_deletes_everything_recorded_about_it(store: Session, how: str) -> None:
    website = _website_with_everything(store)
    kept = _website_with_everything(store)

    if how == "by the session":
        store.delete(website)
    else:
        store.execute(text("DELETE FROM websites WHERE id = :id"), {"id": website.id})
    store.commit()

    for model in (Website, MonitorCheck, DowntimeWindow, DebugSession, NetworkEvent, ConsoleMessage, SessionArtifact):
        assert store.scalar(select(func.count()).select_from(model)) == 1, model
    assert store.scalars(select(Website.id)).one() == kept.id


def test_deleting_a_debug_session_keeps_its_website(store: Session) -> None:
    website = _website_with_everything(store)

    store.execute(delete(DebugSession))

    assert store.scalar(select(func.count()).select_from(NetworkEvent)) == 0
    assert store.get(Website, website.id) is not None


def test_a_new_row_was_not_updated_before_it_was_created(store: Session) -> None:
    website = make_website(store)

    assert website.updated_at == website.created_at
