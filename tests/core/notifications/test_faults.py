"""A fault of an available website is announced once, and once more when it is gone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.models import (
    DebugSession,
    DebugSessionState,
    MonitorStatus,
    Notification,
    NotificationState,
    SessionTrigger,
    WebsiteFault,
)
from core.models import NotificationEvent as Event
from core.notifications.faults import SECOND_LOOK, awaits_second_look, compare, due_again, is_same, update_faults
from core.schemas import FindingCreate, MaintenanceWindowCreate, WebsiteUpdate
from core.services import DowntimeWindowCRUD, FindingCRUD, MaintenanceWindowCRUD, NotificationCRUD, WebsiteCRUD
from core.services.website_state import State, write
from tests.core.notifications.conftest import Sent, make_channel, make_rule
from tests.core.notifications.scenarios import dispatcher
from tests.core.services.test_failure_picture import picture
from tests.factories import make_session, make_website, make_window

API = ("api_failed", "“/api/cart” fails 3 times (status 500).")
SCRIPT = ("script_failed", "“/app.4f2a.js” is gone (status 404).")


@dataclass(frozen=True)
class Named:
    kind: str
    sentence: str


def watched(db: Session, **rule: Any) -> int:
    """Create an available website with a rule for its faults; returns its id."""
    make_rule(db, make_channel(db), **({"events": ["DOWN", "FAULT"]} | rule))
    website = make_website(db, name="Shop", check_interval=60)
    has_status(db, website.id, MonitorStatus.UP)
    return website.id


def has_status(db: Session, website_id: int, status: MonitorStatus) -> None:
    now = utc_now()
    checked_at = now + timedelta(minutes=1)  # after everything that a test does, also on a slow machine
    write(db, {website_id: State(status=status, checked_at=checked_at, known_since=now, known_until=now)})


def looks(db: Session, website_id: int, *found: tuple[str, str], **overrides: Any) -> DebugSession:
    """Store an ended session with its findings, and announce them."""
    now = utc_now()
    website = WebsiteCRUD.get_by_id(db, website_id)
    assert website is not None
    given = {"trigger": SessionTrigger.BASELINE, "state": DebugSessionState.COMPLETED, "success": True}
    given |= {"started_at": now, "completed_at": now, "url": website.url}
    session = make_session(db, website, **(given | overrides))
    FindingCRUD.replace_for_session(
        db,
        session.id,
        [FindingCreate(kind=kind, sentence=words, confidence="high", why="", rests_on=[]) for kind, words in found],
    )
    update_faults(db, session, now)
    return session


def announced(db: Session) -> list[tuple[Event, str | None]]:
    return [(one.event, one.detail) for one in sorted(NotificationCRUD.get_all(db)[0], key=lambda one: one.id)]


def test_a_fault_and_its_end_are_announced_once(store: Session) -> None:
    website_id = watched(store)

    for found in ((API,), (API, SCRIPT), (), ()):
        looks(store, website_id, *found)

    assert announced(store) == [(Event.FAULT, API[1]), (Event.MENDED, API[1])]


def test_a_fault_that_returns_is_announced_again(store: Session) -> None:
    website_id = watched(store)

    for found in ((API,), (), (API,)):
        looks(store, website_id, *found)

    assert [event for event, _detail in announced(store)] == [Event.FAULT, Event.MENDED, Event.FAULT]


@pytest.mark.parametrize(
    "overrides",
    [
        {"trigger": SessionTrigger.FAILURE},
        {"trigger": SessionTrigger.IMPORT},
        {"state": DebugSessionState.CANCELLED},
    ],
    ids=["of a failure", "imported", "stopped"],
)
def test_inconclusive_sessions_change_nothing(store: Session, overrides: dict[str, Any]) -> None:
    looks(store, watched(store), API, **overrides)

    assert announced(store) == []


@pytest.mark.parametrize("status", [MonitorStatus.DOWN, MonitorStatus.UNKNOWN])
def test_a_website_that_is_not_known_to_be_up_has_no_faults(store: Session, status: MonitorStatus) -> None:
    website_id = watched(store)
    has_status(store, website_id, status)

    looks(store, website_id, API)

    assert announced(store) == []


def test_faults_during_maintenance_are_ignored(store: Session) -> None:
    website_id, now = watched(store), utc_now()
    window = MaintenanceWindowCreate(
        name="Move", website_ids=[website_id], starts_at=now - timedelta(hours=1), duration_seconds=7_200
    )
    MaintenanceWindowCRUD.create(store, window)

    looks(store, website_id, API)

    assert announced(store) == []


@pytest.mark.parametrize(("found", "events"), [((API,), [Event.FAULT]), ((), [Event.FAULT, Event.MENDED])])
def test_a_fault_follows_its_website_to_another_url(
    store: Session, found: tuple[tuple[str, str], ...], events: list[Event]
) -> None:
    website_id = watched(store)
    looks(store, website_id, API)
    looks(store, website_id, SCRIPT, url="https://other.example/page", trigger=SessionTrigger.MANUAL)

    WebsiteCRUD.update(store, website_id, WebsiteUpdate(url="https://new.example/"))
    looks(store, website_id, *found)

    assert [event for event, detail in announced(store) if detail == API[1]] == events


def test_an_incomplete_session_ends_no_fault(store: Session) -> None:
    website_id = watched(store)
    looks(store, website_id, API)

    looks(store, website_id, state=DebugSessionState.FAILED, success=False)

    assert [event for event, _detail in announced(store)] == [Event.FAULT]


def test_pages_and_devices_have_separate_faults(store: Session) -> None:
    website_id = watched(store)
    looks(store, website_id, API)

    looks(store, website_id, url="https://shop.example/about")
    looks(store, website_id, options={"device": "iPhone 15"})

    assert [event for event, _detail in announced(store)] == [Event.FAULT]


def test_recording_options_do_not_make_another_page(store: Session) -> None:
    website_id = watched(store)
    looks(store, website_id, API)

    looks(store, website_id, options={"has_trace": True, "time_limit_seconds": 90})

    assert [event for event, _detail in announced(store)] == [Event.FAULT, Event.MENDED]


def test_a_late_result_of_an_older_session_changes_nothing(store: Session) -> None:
    website_id = watched(store)
    looks(store, website_id)

    looks(store, website_id, API, started_at=utc_now() - timedelta(hours=1))

    assert announced(store) == []


def test_a_new_rule_is_notified_with_the_next_session(store: Session) -> None:
    website_id = watched(store, events=["DOWN"])
    looks(store, website_id, API)
    make_rule(store, make_channel(store, name="Front end"), events=["FAULT"])

    looks(store, website_id, API)

    assert announced(store) == [(Event.FAULT, API[1])]


def test_a_rule_is_notified_about_its_kinds_only(store: Session) -> None:
    website_id = watched(store, finding_kinds=["script_failed"])

    looks(store, website_id, API)
    looks(store, website_id, SCRIPT, API)

    assert announced(store) == [(Event.FAULT, SCRIPT[1])]


def named(*found: tuple[str, str]) -> list[Named]:
    return [Named(*one) for one in found]


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (("api_failed", "“/api/cart” fails 12 times (status 503)."), True),
        (("api_failed", "“/api/login” fails 3 times (status 500)."), False),
        (("page_error", API[1]), False),
    ],
    ids=["other figures", "another call", "another kind"],
)
def test_figures_do_not_make_another_fault(other: tuple[str, str], alike: bool) -> None:
    assert is_same(Named(*API), Named(*other)) is alike


def test_consequences_of_a_cause_are_not_announced() -> None:
    known: list[Named] = []

    changed = compare(known, named(SCRIPT, API), is_whole=True)

    assert changed.new == Named(*SCRIPT)


def test_a_cause_of_the_same_kind_replaces_a_missing_one() -> None:
    known, reworded = named(API), ("api_failed", "Two calls fail, of “/api/cart” and “/api/login”.")

    changed = compare(known, named(reworded), is_whole=True)

    assert (changed.new, changed.gone, changed.lasting) == (None, [], [(known[0], Named(*reworded))])


def test_a_cause_beside_a_lasting_one_is_new() -> None:
    other = ("api_failed", "“/api/login” fails (status 500).")

    changed = compare(named(API), named(other, API), is_whole=True)

    assert (changed.new, changed.gone) == (Named(*other), [])


def outbox() -> list[Notification]:
    return run_in_session(lambda db: sorted(NotificationCRUD.get_all(db)[0], key=lambda one: one.id))


async def test_the_message_links_to_the_session_and_the_end_is_in_its_thread(stored: Engine, sent: Sent) -> None:
    def find(db: Session) -> int:
        website_id = watched(db)
        looks(db, website_id, API)
        session = looks(db, website_id, API)
        picture(db, session.id, b"png")
        return website_id

    website_id = run_in_session(find)
    await dispatcher(sent).send_due()
    run_in_session(lambda db: looks(db, website_id))
    await dispatcher(sent).send_due()

    (found_key, found), (_key, gone) = sent.messages
    assert found.title == "Shop: a debug session found a fault" and found.picture is not None
    assert found.text.splitlines() == [
        API[1],
        "The website is up: its checks do not detect this fault.",
        "https://watch.example/debug-sessions/2",
    ]
    assert gone.title == "Shop: fault resolved" and API[1] in gone.text
    assert gone.follows == found_key


async def test_a_fault_that_ends_before_its_message_is_skipped_with_its_end(stored: Engine, sent: Sent) -> None:
    def find(db: Session) -> None:
        website_id = watched(db, after_seconds=600)
        looks(db, website_id, API)
        looks(db, website_id)

    run_in_session(find)
    for hours in (0, 1, 2):
        await dispatcher(sent).send_due(utc_now() + timedelta(hours=hours))

    assert sent.messages == []
    assert {one.state for one in outbox()} == {NotificationState.SKIPPED}


async def test_a_fault_that_becomes_downtime_is_announced_only_if_it_outlasts_it(stored: Engine, sent: Sent) -> None:
    def find(db: Session) -> int:
        website_id = watched(db)
        looks(db, website_id, API)
        website = WebsiteCRUD.get_by_id(db, website_id)
        assert website is not None
        make_window(db, website, started_at=utc_now())
        return website_id

    website_id = run_in_session(find)
    await dispatcher(sent).send_due()
    while_down = list(sent.messages)

    def come_back(db: Session) -> None:
        for window in DowntimeWindowCRUD.get_by_website(db, website_id)[0]:
            window.ended_at = utc_now()
        for seconds, trigger in ((1, SessionTrigger.RECOVERY), (2, SessionTrigger.BASELINE)):
            looks(db, website_id, API, started_at=utc_now() + timedelta(seconds=seconds), trigger=trigger)

    run_in_session(come_back)
    await dispatcher(sent).send_due()

    assert while_down == []
    assert sent.titles == ["Shop: a debug session found a fault"]


async def test_a_fault_waits_for_the_next_check(stored: Engine, sent: Sent) -> None:
    def find(db: Session) -> None:
        website_id = watched(db)
        looks(db, website_id, API)
        looks(db, website_id, API)
        now = utc_now()
        state = State(status=MonitorStatus.UP, checked_at=now - timedelta(seconds=30), known_since=now, known_until=now)
        write(db, {website_id: state})

    run_in_session(find)

    await dispatcher(sent).send_due()

    assert sent.messages == []
    assert outbox()[0].answer == "Waiting for a check that shows whether it is down."


async def test_a_fault_that_a_second_session_does_not_find_is_skipped(stored: Engine, sent: Sent) -> None:
    def find(db: Session) -> int:
        website_id = watched(db)
        looks(db, website_id, API)
        return website_id

    website_id = run_in_session(find)
    await dispatcher(sent).send_due()
    waiting = outbox()[0].answer
    run_in_session(lambda db: looks(db, website_id))
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=10))

    assert waiting == "Waiting for a second debug session to confirm it."
    assert sent.messages == []


ELSEWHERE = {"url": "https://shop.example/about", "trigger": SessionTrigger.MANUAL}


async def test_a_fault_is_sent_at_once_if_no_session_can_confirm_it(stored: Engine, sent: Sent) -> None:
    run_in_session(lambda db: looks(db, watched(db), API))

    await dispatcher(sent, confirms_faults=False).send_due(utc_now() + timedelta(seconds=2))

    assert sent.titles == ["Shop: a debug session found a fault"]


@pytest.mark.parametrize(
    ("auto_debug", "first", "seconds", "awaits"),
    [
        (None, {}, 0, True),
        (None, {"trigger": SessionTrigger.MANUAL}, 0, True),
        (None, {}, SECOND_LOOK.total_seconds(), False),
        (False, {}, 0, False),
        (None, ELSEWHERE, 0, False),
    ],
    ids=["daily", "by hand", "none came", "none may start", "another page"],
)
def test_a_fault_waits_for_a_second_session_if_there_can_be_one(
    store: Session, auto_debug: bool | None, first: dict[str, Any], seconds: float, awaits: bool
) -> None:
    website_id = watched(store)
    website = WebsiteCRUD.get_by_id(store, website_id)
    assert website is not None
    website.auto_debug = auto_debug
    looks(store, website_id, API, **first)

    fault = store.query(WebsiteFault).one()

    assert awaits_second_look(store, website, fault, fault.found_at + timedelta(seconds=seconds)) is awaits


def test_faults_are_rechecked_at_growing_intervals(store: Session) -> None:
    website_id = watched(store)
    looks(store, website_id, API)
    found_at = store.query(WebsiteFault).one().found_at
    moments = []

    for seconds in range(0, 1_000, 10):
        now = found_at + timedelta(seconds=seconds)
        if due_again(store, {}, now):
            looks(store, website_id, API, started_at=now, completed_at=now)
            moments.append(seconds)

    assert moments == [30, 60, 120, 240, 480, 960]


def test_faults_without_a_rule_or_a_usual_page_are_not_rechecked(store: Session) -> None:
    untold, elsewhere, seen = (make_website(store).id for _ in range(3))
    for website_id in (untold, elsewhere, seen):
        has_status(store, website_id, MonitorStatus.UP)
    looks(store, untold, API)
    make_rule(store, make_channel(store), events=["FAULT"])
    looks(store, elsewhere, API, **ELSEWHERE)
    looks(store, seen, API)
    later = utc_now() + timedelta(minutes=1)

    assert due_again(store, {}, later) == [seen]
    assert due_again(store, {seen: later - timedelta(seconds=10)}, later) == []
