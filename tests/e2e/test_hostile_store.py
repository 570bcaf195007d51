"""A store in which every text tries to become markup and run, or to be wider than the screen: it stays text there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import Enum, String, Text, inspect
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import (
    ApiToken,
    AuditEvent,
    ConsoleMessage,
    DebugSession,
    DowntimeWindow,
    Finding,
    MaintenanceWindow,
    MonitorCheck,
    Notification,
    NotificationChannel,
    NotificationRule,
    SignIn,
    StatusPage,
    Tag,
    User,
    Website,
)
from core.models.base import Base
from core.models.status_page import StatusPageEntry, WindowUpdate
from core.models.tag import WebsiteTag
from core.schemas.notification_channel import NotificationChannelCreate
from core.sealing import Sealer
from core.services import NotificationChannelCRUD
from tests.accounts import let_in_to
from tests.e2e.server import Server

EVIL = '<img src=x onerror="pwned=1"><script>pwned=1</script>' + "W" * 130
KEPT_AS_IT_IS = (
    "timezone",
    "recurrence",
    "quiet_from",
    "quiet_until",
    "template",
    "managed_by",
    "domain",
    "logo",
    "stage",
)
INTRUDERS = """() => [...document.querySelectorAll('img[src="x"], a[href^="javascript:"], script')]
  .filter((element) => element.tagName !== "SCRIPT" || element.textContent === "pwned=1")
  .map((element) => element.outerHTML.slice(0, 200))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > innerWidth)
  .map((element) => element.outerHTML.slice(0, 100))"""
PAGES = (
    "/",
    "/websites/1",
    "/downtime",
    "/downtime/1",
    "/debug-sessions",
    "/debug-sessions/1",
    "/debug-sessions/1?view=console",
    "/maintenance",
    "/notifications",
    "/status-pages",
    "/users",
    "/account",
    "/audit",
    "/search?q=pwned",
    "/status/shop",
)


@pytest.fixture
def server(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("WATCHWRIGHT_SECRET_KEY", "a key of the tests' own")
    monkeypatch.setenv("WATCHWRIGHT_MONITOR", "false")
    server = Server(data_dir=tmp_path / "data")
    store = f"sqlite:///{server.data_dir / 'watchwright.sqlite3'}"
    let_in_to(store)
    engine = database.make_engine(store)
    with Session(engine) as db, db.begin():
        _fill(db)
    engine.dispose()
    with server:
        yield server


@pytest.mark.timeout(180)
def test_no_text_becomes_markup_or_too_wide_on_any_page(page: Page, server: Server, subtests: pytest.Subtests) -> None:
    dialogs: list[str] = []

    def heard(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)

    for path in PAGES:
        with subtests.test(path=path):
            page.goto(server.url + path)
            expect(page.locator("body")).to_contain_text(
                "pwned=1", use_inner_text=True, timeout=15_000
            )  # shown as the text that it is
            assert page.evaluate(INTRUDERS) == []
            assert page.evaluate("window.pwned") is None
            assert page.evaluate(TOO_WIDE) == []
    assert dialogs == []


def _fill(db: Session) -> None:
    """A row of each kind, hostile in every text that is somebody's."""
    now = utc_now()
    earlier = now - timedelta(hours=1)
    website = _add(db, Website, url=f"http://127.0.0.1:9/?{EVIL}", is_active=False, is_public=True)
    tag = _add(db, Tag)
    db.add(WebsiteTag(website_id=website.id, tag_id=tag.id))
    of_it = {"website_id": website.id}
    window = _add(db, DowntimeWindow, **of_it, started_at=earlier, initial_status="DOWN", acknowledged_at=now)
    _add(db, MonitorCheck, **of_it, status="DOWN", checked_at=now, final_url=f"http://127.0.0.1:9/{EVIL}")
    _add(db, MaintenanceWindow, **of_it, starts_at=now, duration_seconds=3_600, timezone="UTC")
    session = _add(db, DebugSession, **of_it, started_at=earlier, completed_at=now, state="FAILED", success=False)
    in_it = {"debug_session_id": session.id}
    _add(db, ConsoleMessage, **in_it, level="error", timestamp=now, offset_ms=1.0)
    rests_on: list[dict[str, Any]] = [{"of": "session", "id": session.id}]
    _add(db, Finding, window_id=window.id, position=0, kind="other", confidence="likely", rests_on=rests_on)
    _add(db, Finding, **in_it, position=0, kind="other", confidence="likely", rests_on=rests_on)
    _add(db, WindowUpdate, window_id=window.id, stage="identified")
    _told(db, website, window)
    shown = _add(db, StatusPage, slug="shop", is_published=True, password_hash=None)
    db.add(StatusPageEntry(page_id=shown.id, website_id=website.id, group_name=EVIL, position=0))
    _people(db)


def _told(db: Session, website: Website, window: DowntimeWindow) -> None:
    given: dict[str, Any] = {"name": EVIL, "kind": "WEBHOOK", "address": {"url": "http://127.0.0.1:9/"}}
    channel = NotificationChannelCRUD.create(db, NotificationChannelCreate(**given), Sealer(b"a key of the tests' own"))
    assert isinstance(channel, NotificationChannel)
    rule = _add(db, NotificationRule, channel_id=channel.id, events=["DOWN"], is_enabled=False)
    of_it = {"channel_id": channel.id, "rule_id": rule.id, "website_id": website.id, "window_id": window.id}
    now = utc_now()
    _add(db, Notification, **of_it, event="DOWN", state="FAILED", happened_at=now, due_at=now, key="1")


def _people(db: Session) -> None:
    _add(db, User, role="VIEWER", password_hash=None, totp_secret=None, oidc_subject=None)
    token: dict[str, Any] = {"scopes": ["read"], "token_hash": "0" * 64}
    _add(db, ApiToken, user_id=1, **token)
    _add(db, SignIn, user_id=1, token_hash="1" * 64, expires_at=utc_now() + timedelta(days=1))
    _add(db, AuditEvent, details={EVIL: EVIL})


def _add(db: Session, model: type[Any], **given: Any) -> Any:
    """A row with what is *given*, and `EVIL` in every other text."""
    texts = {
        column.key
        for column in inspect(model).columns
        if isinstance(column.type, String | Text) and not isinstance(column.type, Enum) and not column.foreign_keys
    }
    hostile = {name: EVIL for name in texts if name not in given and name not in KEPT_AS_IT_IS}
    row = model(**hostile, **given)
    assert isinstance(row, Base)
    db.add(row)
    db.flush()
    return row
