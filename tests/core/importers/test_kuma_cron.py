"""Cron expressions become recurrences if a rule can express them."""

from datetime import time

import pytest

from core.importers.kuma_cron import Daily, read_cron


@pytest.mark.parametrize(
    ("expression", "rule"),
    [
        ("30 2 * * *", "FREQ=DAILY"),
        ("30 2 * * 1-5", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("30 2 ? * sun,7,WED", "FREQ=WEEKLY;BYDAY=SU,WE"),
        ("30 2 * * SAT-SUN", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("30 2 * * Sun-Thu", "FREQ=WEEKLY;BYDAY=SU,MO,TU,WE,TH"),
        ("30 2 1,15 * *", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ],
)
def test_an_expression_with_one_time_becomes_a_rule(expression: str, rule: str) -> None:
    assert read_cron(expression) == Daily(at=time(2, 30), rule=rule)


@pytest.mark.parametrize(
    "expression",
    [
        *("*/5 * * * *", "0 1,13 * * *", "0 2 1 * 1", "0 2 * 6 *"),
        *("0 0 2 * * *", "0 2 L * *", "0 2 * * 1#1", "0 2 */2 * *", "0 2 * * FRI-MON"),
        *("", "0 2 * * FOO", "0 25 * * *"),
    ],
)
def test_other_expressions_are_refused(expression: str) -> None:
    assert read_cron(expression) is None
