"""The outcome of the last report, in words."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.models import MonthlyReport, ReportDelivery
from core.schemas.monthly_report import MonthlyReportCreate
from core.services import MonthlyReportCRUD
from dashboard.queries.monthly_reports import MAX_REPORTS, MAX_SHOWN, delivery_words, last_words, load
from tests.core.services.test_monthly_report import make_report
from tests.factories import NOON


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"attempts": 0}, "The first report covers March 2026."),
        (
            {"attempts": 1, "sent_at": NOON, "answer": "Accepted."},
            "February 2026 was sent on 1 March, 13:00. Accepted.",
        ),
        ({"attempts": 1, "due_at": NOON}, "February 2026 is pending."),
        (
            {"attempts": 1, "due_at": NOON, "answer": "550."},
            "February 2026 was rejected after 1 attempt; it is retried. 550.",
        ),
        ({"attempts": 20, "answer": "550."}, "February 2026 was not sent after 20 attempts. 550."),
    ],
)
def test_each_outcome_has_a_sentence(fields: dict[str, Any], words: str) -> None:
    report = MonthlyReport(month=date(2026, 2, 1), timezone="Europe/Berlin", **fields)

    assert last_words(report) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "1 March 2026, 13:00: February 2026 to a@b.example, c@d.example. Accepted."),
        (
            {"is_planned": False, "is_taken": False, "answer": "550 no."},
            "1 March 2026, 13:00: February 2026 not sent to a@b.example, c@d.example, sent manually. 550 no.",
        ),
    ],
    ids=["planned", "tried"],
)
def test_the_result_of_a_delivery_is_described(fields: dict[str, Any], words: str) -> None:
    given = {"is_planned": True, "is_taken": True, "answer": "Accepted."} | fields
    to = ["a@b.example", "c@d.example"]
    delivery = ReportDelivery(month=date(2026, 2, 1), recipients=to, ended_at=NOON, **given)

    assert delivery_words(delivery, "Europe/Berlin") == words


def test_a_reports_deliveries_do_not_depend_on_others(db: Session) -> None:
    quiet = make_report(db)
    given = MonthlyReportCreate(channel_id=quiet.channel_id, recipients=["bob@example.org"])
    busy = MonthlyReportCRUD.create(db, given, quiet.month)
    fields = {"month": date(2026, 2, 1), "recipients": [], "is_planned": True, "is_taken": True, "answer": "Accepted."}
    for number in range(MAX_REPORTS + 1):
        db.add(ReportDelivery(report_id=busy.id if number else quiet.id, ended_at=NOON, **fields))

    assert [len(one.deliveries) for one in load(db, {})] == [1, MAX_SHOWN]
