"""Old evidence is deleted unless a person, a downtime window or a comparison needs it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import DebugSession, DebugSessionState, Finding, Look, NetworkEvent, SessionTrigger, Website
from core.schemas.look import LookCreate
from core.services import LookCRUD, evidence_retention
from core.services.evidence_retention import delete_looks, delete_sessions
from tests.factories import NOON, make_event, make_session, make_website, make_window


def session(
    db: Session, website: Website, day: int, trigger: SessionTrigger, findings: tuple[str, ...] = (), **given: Any
) -> int:
    """A finished one that began *day* days before `NOON`, with findings of these confidences."""
    facts = {"state": DebugSessionState.COMPLETED, "success": True, "url": website.url, **given}
    made = make_session(db, website, started_at=NOON - timedelta(days=day), trigger=trigger, **facts).id
    for position, confidence in enumerate(findings):
        words = {"kind": "page_error", "sentence": "It throws.", "why": "It does.", "rests_on": []}
        db.add(Finding(debug_session_id=made, position=position, confidence=confidence, **words))
    db.flush()
    return made


def left(db: Session, days: int = 14) -> set[int]:
    """The sessions that are there once all that is older than so many days was deleted."""
    while delete_sessions(db, NOON - timedelta(days=days)):
        pass
    return set(db.scalars(select(DebugSession.id)))


def test_old_automatic_sessions_are_deleted_with_their_recordings(store: Session) -> None:
    website = make_website(store)
    old = session(store, website, 20, SessionTrigger.FAILURE, success=False)
    make_event(store, store.get_one(DebugSession, old))
    young = session(store, website, 3, SessionTrigger.FAILURE, success=False)

    assert left(store) == {young}
    assert store.scalar(select(func.count()).select_from(NetworkEvent)) == 0


@pytest.mark.parametrize("trigger", [SessionTrigger.MANUAL, SessionTrigger.IMPORT])
def test_sessions_started_by_a_person_are_kept(store: Session, trigger: SessionTrigger) -> None:
    asked_for = session(store, make_website(store), 400, trigger)

    assert left(store) == {asked_for}


def test_pinned_running_and_window_sessions_are_kept(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website)
    held = {
        session(store, website, 30, SessionTrigger.FAILURE, is_pinned=True),
        session(store, website, 29, SessionTrigger.FAILURE, window_id=window.id),
        session(store, website, 28, SessionTrigger.FAILURE, state=DebugSessionState.RUNNING, success=None),
    }

    assert left(store) == held


def test_the_last_good_session_of_a_website_is_kept(store: Session) -> None:
    website = make_website(store)
    session(store, website, 90, SessionTrigger.BASELINE)
    last_good = session(store, website, 89, SessionTrigger.BASELINE)
    session(store, website, 88, SessionTrigger.BASELINE, success=False)

    assert left(store) == {last_good}


def test_the_baseline_of_a_window_is_kept(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website)
    session(store, website, 42, SessionTrigger.BASELINE)
    before = session(store, website, 41, SessionTrigger.BASELINE)
    failing = session(store, website, 40, SessionTrigger.FAILURE, success=False, window_id=window.id)
    session(store, website, 39, SessionTrigger.BASELINE)
    latest = session(store, website, 1, SessionTrigger.BASELINE)

    assert left(store) == {before, failing, latest}


def test_a_session_without_a_fault_is_kept_before_later_ones_with_a_fault(store: Session) -> None:
    website = make_website(store)
    faultless = session(store, website, 60, SessionTrigger.BASELINE)
    session(store, website, 50, SessionTrigger.BASELINE, findings=("likely",))
    last = session(store, website, 40, SessionTrigger.RECOVERY, findings=("likely",))

    assert left(store) == {faultless, last}

    noted = session(store, website, 30, SessionTrigger.BASELINE, findings=("note",))

    assert left(store) == {noted}


def test_the_last_good_session_is_kept_for_each_address(store: Session) -> None:
    website = make_website(store)
    old = session(store, website, 41, SessionTrigger.BASELINE, url="https://example.com/old")
    new = session(store, website, 40, SessionTrigger.BASELINE, url="https://example.com/new")

    assert left(store) == {old, new}


def test_a_transaction_deletes_a_limited_number_of_sessions(store: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_retention, "BATCH", 2)
    website = make_website(store)
    for day in range(20, 25):
        session(store, website, day, SessionTrigger.FAILURE, success=False)

    batches = [delete_sessions(store, NOON) for _ in range(4)]

    assert batches == [2, 2, 1, 0]


def test_old_looks_are_deleted_in_the_same_way(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website)

    def look(day: int, *, is_good: bool, window_id: int | None = None) -> int:
        began_at = NOON - timedelta(days=day)
        facts = {"website_id": website.id, "is_good": is_good, "began_at": began_at, "duration_ms": 1.0, "steps": {}}
        return LookCRUD.create(store, LookCreate(**facts, window_id=window_id)).id

    look(42, is_good=True)
    before = look(41, is_good=True)
    failing = look(40, is_good=False, window_id=window.id)
    look(39, is_good=True)
    look(38, is_good=False)
    last_good = look(37, is_good=True)

    while delete_looks(store, NOON - timedelta(days=14)):
        pass

    assert set(store.scalars(select(Look.id))) == {before, failing, last_good}
