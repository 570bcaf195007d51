"""What is typed into the form of a monthly report."""

from core.schemas.monthly_report import MonthlyReportCreate
from dashboard.components.report_form import fields_of


def test_what_is_typed_is_a_report_that_can_be_stored() -> None:
    typed = {"recipients": ["ada@example.org", "bob@example.org"], "tag": "", "channel_id": "3", "timezone": " "}

    report = MonthlyReportCreate.checked(fields_of(typed))

    assert report == MonthlyReportCreate(channel_id=3, recipients=["ada@example.org", "bob@example.org"])
