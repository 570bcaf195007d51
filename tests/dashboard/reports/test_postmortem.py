"""A post-mortem describes a downtime window, and captured text stays text in it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.database import make_engine
from core.models import (
    Base,
    ChannelKind,
    MonitorStatus,
    Notification,
    NotificationChannel,
    NotificationEvent,
    NotificationState,
)
from core.schemas.status_page import WindowUpdateCreate
from core.services import WindowUpdateCRUD
from core.services.session_evidence import SessionEvidence
from dashboard.queries.downtime_window import WindowState, load
from dashboard.reports.postmortem import POLICY, to_html, to_markdown
from tests.dashboard.windows import EVIL, make_outage
from tests.factories import NOON

LINK = "https://watch.example.org/downtime/1"


@pytest.fixture
def db() -> Iterator[Session]:
    engine = make_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        yield db
    engine.dispose()


@pytest.fixture
def state(db: Session) -> WindowState:
    window = make_outage(db, NOON)
    window.notes = "# Rolled back\nby *ada*"
    state = load(db, window.id)
    assert state is not None
    return state


def test_markdown_contains_the_whole_story(state: WindowState) -> None:
    lines = to_markdown(state, LINK).splitlines()

    assert lines[0] == "# Acme shop: down for 10 min"
    assert lines[2].startswith("Acme shop was down for 10 min. The page has failed since a deploy: app.2.js")
    assert "- 2026-03-01 12:10:00 UTC: The first good check: it was back." in lines
    assert "- 2026-03-01 12:00:00 UTC: Debug session 2 was started by a failure." in lines
    assert "| Waiting | 90 ms | 1.25 s |" in lines


def test_a_window_ended_by_a_pause_is_not_called_a_recovery(state: WindowState) -> None:
    state.window.recovery_status = MonitorStatus.UNKNOWN

    text = to_markdown(state, LINK)

    assert "Acme shop was down for 10 min when it was paused." in text
    assert "- 2026-03-01 12:10:00 UTC: It was paused." in text and "was back" not in text


def test_notifications_and_updates_are_in_the_timeline(db: Session, state: WindowState) -> None:
    channel = NotificationChannel(name="On call", kind=ChannelKind.WEBHOOK, sealed_address="", summary="")
    db.add(channel)
    db.flush()
    given = {"event": NotificationEvent.DOWN, "due_at": NOON, "created_at": NOON, "happened_at": NOON, "key": "1"}
    of = {"website_id": state.website.id, "window_id": state.window.id, "channel_id": channel.id}
    db.add(Notification(**given, **of, state=NotificationState.FAILED, answer="It answered 403."))
    later = NOON + timedelta(minutes=1)
    db.add(Notification(**given | {"key": "2"}, **of, state=NotificationState.SENT, sent_at=later, answer="200 OK"))
    update = WindowUpdateCreate(stage="identified", text="The deploy is being rolled back.")
    WindowUpdateCRUD.create(db, state.window.id, update, "ada").created_at = NOON + timedelta(minutes=4)
    db.flush()
    state_then = load(db, state.window.id)
    assert state_then is not None

    lines = to_markdown(state_then, LINK).splitlines()

    assert "- 2026-03-01 12:00:00 UTC: On call was not notified: Acme shop is down. It answered 403." in lines
    assert "- 2026-03-01 12:01:00 UTC: On call was notified: Acme shop is down." in lines
    said = "ada wrote for status pages (identified): The deploy is being rolled back."
    assert f"- 2026-03-01 12:04:00 UTC: {said}" in lines


def test_markup_in_captured_text_and_notes_is_escaped(state: WindowState) -> None:
    text = to_markdown(state, LINK)

    assert "<img" not in text.replace(r"\<img", "")
    assert "> # Rolled back" in text
    assert r"> by \*ada\*" in text


def test_the_report_shows_requests_around_the_failing_one(state: WindowState) -> None:
    assert state.failing_row == "app.2.js"
    assert "app.2.js</td><td>404" in to_html(state, LINK)


def test_the_report_embeds_pictures_and_runs_nothing(db: Session, state: WindowState) -> None:
    assert state.bad_picture is not None
    bad = SessionEvidence.artifact(db, state.bad_picture.session_id, state.bad_picture.artifact_id)

    html = to_html(state, LINK, bad=bad)

    assert f'content="{POLICY.replace(chr(39), "&#39;")}"' in html
    assert "data:image/png;base64,iVBOR" in html
    assert EVIL not in html
    assert html.count("<img") == html.count('<img src="data:image/png;base64,') == 1


def test_only_pictures_are_embedded(db: Session, state: WindowState) -> None:
    assert state.bad_picture is not None
    bad = SessionEvidence.artifact(db, state.bad_picture.session_id, state.bad_picture.artifact_id)
    assert bad is not None
    bad.mime_type = "image/svg+xml"

    assert 'src="data:' not in to_html(state, LINK, bad=bad)
