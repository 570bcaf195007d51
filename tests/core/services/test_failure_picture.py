"""The right screenshot shows a failure."""

from typing import Any

from sqlalchemy.orm import Session

from core.models import ArtifactKind, SessionArtifact, SessionTrigger
from core.services.failure_picture import MAX_BYTES, failure_picture, pictured_at
from tests.factories import at, make_session, make_website, make_window


def picture(db: Session, session_id: int, data: bytes, **overrides: Any) -> None:
    given = {
        "kind": ArtifactKind.SCREENSHOT,
        "mime_type": "image/png",
        "size_bytes": len(data),
        "timestamp": at(1),
        "offset_ms": 1_000.0,
    } | overrides
    db.add(SessionArtifact(debug_session_id=session_id, data=data, **given))
    db.flush()


def test_the_last_screenshot_of_the_first_session_of_a_failure_is_used(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website, started_at=at(0))
    usual = {"window_id": window.id}
    by_hand = make_session(store, website, **usual, trigger=SessionTrigger.MANUAL, started_at=at(0))
    first = make_session(store, website, **usual, trigger=SessionTrigger.FAILURE, started_at=at(1))
    later = make_session(store, website, **usual, trigger=SessionTrigger.FAILURE, started_at=at(90))
    picture(store, by_hand.id, b"by hand")
    picture(store, later.id, b"later")
    assert getattr(failure_picture(store, window.id), "data", None) == b"later"

    picture(store, first.id, b"early", offset_ms=10.0)
    picture(store, first.id, b"whole")
    picture(store, first.id, b"a frame", kind=ArtifactKind.FRAME, offset_ms=2_000.0)
    picture(store, first.id, b"huge", size_bytes=MAX_BYTES + 1, offset_ms=3_000.0)

    assert getattr(failure_picture(store, window.id), "data", None) == b"whole"


def test_without_a_session_there_is_no_picture(store: Session) -> None:
    window = make_window(store, make_website(store), started_at=at(0))

    assert failure_picture(store, window.id) is None


def test_the_time_of_the_first_picture_of_each_window_is_found(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website, started_at=at(0))
    usual = {"window_id": window.id, "trigger": SessionTrigger.FAILURE}
    ended = make_session(store, website, **usual, started_at=at(1), completed_at=at(20))
    make_session(store, website, **usual, started_at=at(2), completed_at=at(10))
    picture(store, ended.id, b"whole")

    assert pictured_at(store, since=at(0)) == {window.id: at(20)}
    assert pictured_at(store, since=at(30)) == {}
