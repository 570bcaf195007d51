"""What became of the last report, in words."""

from datetime import date
from typing import Any

import pytest

from core.models import MonthlyReport
from dashboard.queries.monthly_reports import last_words
from tests.factories import NOON


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"attempts": 0}, "The first is that of March 2026."),
        (
            {"attempts": 1, "sent_at": NOON, "answer": "Accepted."},
            "February 2026 was sent on 1 March, 13:00. Accepted.",
        ),
        ({"attempts": 1, "due_at": NOON}, "February 2026 is on its way."),
        ({"attempts": 1, "due_at": NOON, "answer": "550."}, "February 2026 was not taken, tried once. 550."),
        ({"attempts": 20, "answer": "550."}, "February 2026 was given up, tried 20 times. 550."),
    ],
)
def test_what_became_of_it(fields: dict[str, Any], words: str) -> None:
    report = MonthlyReport(month=date(2026, 2, 1), timezone="Europe/Berlin", **fields)

    assert last_words(report) == words
