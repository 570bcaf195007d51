"""The HTML report of a session."""

from dataclasses import replace

from sqlalchemy.orm import Session

from benchmarks.synthetic import exchanges
from core.models import DebugSessionState
from dashboard.reports.session_report import to_html
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
