"""Findings and looks are stored on both databases."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import DebugSession, Finding, Look
from core.schemas import DowntimeWindowUpdate, FindingCreate, LookCreate
from core.services import DowntimeWindowCRUD, FindingCRUD, LookCRUD
from tests.conftest import Queries
from tests.factories import NOON, at, make_session, make_website, make_window


def _finding(sentence: str) -> FindingCreate:
    return FindingCreate(kind="dns", sentence=sentence, confidence="high", why="Because.", rests_on=[{"of": "check"}])


def _look(website_id: int, seconds: float, **overrides: object) -> LookCreate:
    given = {"website_id": website_id, "began_at": at(seconds), "duration_ms": 5.0, "is_good": True, "steps": {}}
    return LookCreate.model_validate(given | overrides)


def test_findings_of_a_window_are_replaced_and_sorted(store: Session) -> None:
    window = make_window(store, make_website(store))
    FindingCRUD.replace_for_window(store, window.id, [_finding("old")])

    FindingCRUD.replace_for_window(store, window.id, [_finding("first"), _finding("second")])

    found, total = FindingCRUD.get_by_window(store, window.id)
    assert [(one.position, one.sentence) for one in found] == [(1, "first"), (2, "second")]
    assert (total, found[0].rests_on) == (2, [{"of": "check"}])


def test_the_first_fault_of_each_session_is_read_in_one_query_and_a_blank_page_counts(
    store: Session, query_counter: Queries
) -> None:
    website = make_website(store)
    note = _finding("It is slow.").model_copy(update={"confidence": "note"})
    blank = note.model_copy(update={"kind": "blank_page", "sentence": "The page stays blank."})
    several: tuple[list[FindingCreate], ...] = (
        [note, _finding("first"), _finding("second")],
        [note],
        [note, blank],
        [],
    )
    sessions = [make_session(store, website, session_key=str(number)) for number in range(len(several))]
    for session, findings in zip(sessions, several, strict=True):
        FindingCRUD.replace_for_session(store, session.id, findings)
    ids = [session.id for session in sessions]

    with query_counter.counted(store.get_bind().engine) as queries:
        faults = FindingCRUD.faults(store, ids)

    assert faults == {ids[0]: "first", ids[2]: "The page stays blank."}
    assert len(queries) == 1


def test_findings_and_looks_are_deleted_with_their_window_but_sessions_are_kept(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website)
    session = make_session(store, website, window_id=window.id)
    FindingCRUD.replace_for_window(store, window.id, [_finding("one")])
    FindingCRUD.replace_for_session(store, session.id, [_finding("its own")])
    LookCRUD.create(store, _look(website.id, 0, window_id=window.id))

    DowntimeWindowCRUD.delete(store, window.id)
    store.expire_all()

    assert [one.sentence for one in store.scalars(select(Finding))] == ["its own"]
    assert store.scalars(select(Look)).all() == []
    assert store.get_one(DebugSession, session.id).window_id is None


def test_the_last_good_look_is_the_newest_before_a_moment(store: Session) -> None:
    website = make_website(store)
    LookCRUD.create(store, _look(website.id, 0))
    good = LookCRUD.create(store, _look(website.id, 10))
    LookCRUD.create(store, _look(website.id, 20, is_good=False))
    LookCRUD.create(store, _look(website.id, 40))

    found = LookCRUD.last_good(store, website.id, NOON + timedelta(seconds=30))

    assert found is not None and found.id == good.id


def test_a_diagnosed_cause_does_not_replace_a_cause_written_by_a_person(store: Session) -> None:
    window = make_window(store, make_website(store), root_cause="The check's words.")
    assert DowntimeWindowCRUD.set_found_cause(store, window.id, "Found.")
    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(root_cause="We pulled the plug."))

    changed = DowntimeWindowCRUD.set_found_cause(store, window.id, "Found again.")

    store.refresh(window)
    assert (changed, window.root_cause) == (False, "We pulled the plug.")


def test_an_emptied_cause_can_be_diagnosed_again(store: Session) -> None:
    window = make_window(store, make_website(store))
    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(root_cause="Mine."))
    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(root_cause=None))

    assert DowntimeWindowCRUD.set_found_cause(store, window.id, "Found.")
