"""Monthly reports are validated, with one sentence per error."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.schemas import explain
from core.schemas.monthly_report import MonthlyReportCreate

GIVEN = {"channel_id": 1, "recipients": ["ada@example.org", " ada@example.org "], "tag": " ACME "}


def test_recipients_are_unique_and_tags_match_in_any_case() -> None:
    report = MonthlyReportCreate.model_validate(GIVEN)

    assert (report.recipients, report.tag, report.timezone) == (["ada@example.org"], "acme", "UTC")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"recipients": []}, "recipients: must have at least one item."),
        ({"recipients": ["ada"]}, "'ada' is not an e-mail address."),
        ({"recipients": ["a@b.example\r\nBcc: c@d.example"]}, "'a@b.example"),
        ({"timezone": "Mars/Olympus"}, "The time zone Mars/Olympus is not known"),
    ],
)
def test_an_invalid_report_is_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        MonthlyReportCreate.model_validate(GIVEN | fields)

    assert explain(caught.value).startswith(sentence)
