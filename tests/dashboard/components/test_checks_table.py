"""The rows of the table of monitor checks."""

from sqlalchemy.orm import Session

from dashboard.components.checks_table import table_page
from tests.factories import at, make_check, make_website


def test_an_error_is_written_once_until_it_changes(db: Session) -> None:
    website = make_website(db)
    errors = ("Timed out.", "Timed out.", None, None, "Timed out.", "Refused.")
    checks = [make_check(db, website, checked_at=at(-age), error_message=error) for age, error in enumerate(errors)]

    rows = table_page(checks, status=None, page=1, has_older=False)["rows"]

    assert [row["error"] for row in rows] == ["Timed out.", "same as above", "", "", "Timed out.", "Refused."]
