"""What a downtime window's page redraws after a further check, and how it explains missing findings."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorStatus
from core.schemas.finding import FindingCreate
from core.services import FindingCRUD, WebsiteCRUD
from dashboard.queries.downtime_window import WindowState, load
from dashboard.sections.window_drawn import nothing_found, of_browser, of_findings, of_sessions
from tests.dashboard.windows import make_outage
from tests.factories import NOON, make_check, make_website, make_window


def loaded(db: Session, window_id: int) -> WindowState:
    db.expire_all()
    state = load(db, window_id)
    assert state is not None
    return state


def test_another_check_does_not_redraw_foldable_parts(db: Session) -> None:
    window = make_outage(db, NOON, minutes=None)
    before = loaded(db, window.id)

    website = WebsiteCRUD.get_by_id(db, window.website_id)
    assert website is not None
    make_check(db, website, status=MonitorStatus.DOWN, checked_at=NOON + timedelta(minutes=5))
    again = [FindingCreate.model_validate(finding, from_attributes=True) for finding in before.findings]
    FindingCRUD.replace_for_window(db, window.id, again)
    after = loaded(db, window.id)
    FindingCRUD.replace_for_window(db, window.id, again[:1])
    other = loaded(db, window.id)

    for drawn_of in (of_findings, of_sessions, of_browser):
        assert drawn_of(after) == drawn_of(before)
    assert len(after.checks) == len(before.checks) + 1
    assert of_findings(other) != of_findings(before)


@pytest.mark.parametrize(
    ("ago", "lasted", "has_check", "words"),
    [
        (timedelta(minutes=1), None, True, "Collecting evidence."),
        (timedelta(hours=9), None, True, "No evidence was collected"),
        (timedelta(minutes=1), timedelta(seconds=30), True, "No evidence was collected"),
        (timedelta(hours=9), timedelta(minutes=9), False, "No checks are stored"),
    ],
    ids=["just down", "down for long", "over", "by hand"],
)
def test_missing_findings_have_a_reason(
    db: Session, ago: timedelta, lasted: timedelta | None, has_check: bool, words: str
) -> None:
    website, began = make_website(db), utc_now() - ago
    window = make_window(db, website, started_at=began, ended_at=began + lasted if lasted else None)
    if has_check:
        make_check(db, website, status=MonitorStatus.DOWN, checked_at=began)

    assert nothing_found(loaded(db, window.id)).startswith(words)
