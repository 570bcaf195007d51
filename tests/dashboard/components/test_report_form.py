"""The form of a monthly report."""

from core.schemas.monthly_report import MonthlyReportCreate
from dashboard.components.report_form import fields_of


def test_typed_values_make_a_valid_report() -> None:
    typed = {"recipients": ["ada@example.org", "bob@example.org"], "tag": "", "channel_id": "3", "timezone": " "}

    report = MonthlyReportCreate.checked(fields_of(typed))

    assert report == MonthlyReportCreate(channel_id=3, recipients=["ada@example.org", "bob@example.org"])
