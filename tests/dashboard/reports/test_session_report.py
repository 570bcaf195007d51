"""The HTML report of a session."""

from dataclasses import fields, replace

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from benchmarks.synthetic import exchanges
from core.debugging.waterfall import Phases
from core.models import DebugSessionState
from dashboard.reports.session_report import PHASE_WORDS, to_html
from tests.factories import make_session, make_website

EVIL = '<script>alert(1)</script>"><img src=x>'


def test_captured_text_is_never_markup(db: Session) -> None:
    session = make_session(db, make_website(db), state=DebugSessionState.FAILED, url=EVIL, error_message=EVIL)
    rows = [replace(row, url=EVIL, error_message=EVIL, method=EVIL) for row in exchanges(3)]

    html = to_html(session, EVIL, rows)

    assert "<script" not in html
    assert "<img" not in html
    assert "default-src &#39;none&#39;" in html


def test_the_report_has_the_pages_figures(db: Session) -> None:
    milestones = {"load": 1300.0}
    session = make_session(db, make_website(db), state=DebugSessionState.COMPLETED, milestones=milestones)

    html = to_html(session, "Acme shop", exchanges(300))

    assert "300 requests" in html
    assert "Load 1.30 s" in html
    assert html.count("<tr") == 301
    assert 'class="waiting"' in html


def test_a_session_without_requests_has_a_report(db: Session) -> None:
    session = make_session(db, make_website(db), state=DebugSessionState.FAILED)

    assert "0 requests" in to_html(session, "Acme shop", [])


@pytest.mark.parametrize("width", [390, 718, 1440], ids=["phone", "A4", "desktop"])
def test_addresses_have_room_at_every_width(db: Session, page: Page, width: int) -> None:
    session = make_session(db, make_website(db), state=DebugSessionState.COMPLETED)
    page.set_viewport_size({"width": width, "height": 900})

    page.set_content(to_html(session, "Acme shop", exchanges(3)))

    room = page.locator("tbody td:first-child").first.bounding_box()
    assert room is not None
    assert room["width"] > 300
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_phase_has_a_word() -> None:
    assert list(PHASE_WORDS) == [field.name.removesuffix("_ms") for field in fields(Phases)]
