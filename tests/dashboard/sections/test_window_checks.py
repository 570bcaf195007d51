"""A downtime window's checks, page by page."""

import pytest
from sqlalchemy.orm import Session

from core.models import MonitorStatus
from dashboard.sections.window_checks import CHECKS, load_page
from tests.factories import at, make_check, make_website, make_window


@pytest.mark.parametrize(
    ("asked", "page", "answers", "has_older"),
    [(1, 1, range(526, 501, -1), True), (2, 2, [501], False), (9, 2, [501], False)],
    ids=["the newest", "the oldest", "one that is gone"],
)
def test_a_page_contains_the_windows_checks_newest_first(
    db: Session, asked: int, page: int, answers: list[int], has_older: bool
) -> None:
    website = make_website(db)
    window = make_window(db, website, started_at=at(10), ended_at=at(10 * (CHECKS + 1)))
    for number in range(CHECKS + 3):
        make_check(db, website, status=MonitorStatus.DOWN, checked_at=at(10 * number), http_status_code=500 + number)

    shown = load_page(db, window, asked)

    assert [int(row["answer"]) for row in shown["rows"]] == list(answers)
    assert (shown["page"], shown["pages"], shown["hasOlder"]) == (page, 2, has_older)


def test_a_window_without_checks_has_a_text(db: Session) -> None:
    shown = load_page(db, make_window(db, make_website(db)), 1)

    assert (shown["rows"], shown["pages"], shown["empty"]) == ([], 1, "No checks for this downtime window.")
