"""A cron expression recurs as it says, or is left."""

from datetime import time

import pytest

from core.importers.kuma_cron import Daily, read_cron


@pytest.mark.parametrize(
    ("expression", "rule"),
    [
        ("30 2 * * *", "FREQ=DAILY"),
        ("30 2 * * 1-5", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("30 2 ? * sun,7,WED", "FREQ=WEEKLY;BYDAY=SU,WE"),
        ("30 2 1,15 * *", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ],
)
def test_one_time_of_the_day_is_a_rule(expression: str, rule: str) -> None:
    assert read_cron(expression) == Daily(at=time(2, 30), rule=rule)


@pytest.mark.parametrize("expression", ["*/5 * * * *", "0 1,13 * * *", "0 2 1 * 1", "0 2 * 6 *"])
def test_what_says_more_is_left(expression: str) -> None:
    assert read_cron(expression) is None


@pytest.mark.parametrize("expression", ["", "0 0 2 * * *", "0 2 * * FOO", "0 2 L * *", "0 25 * * *"])
def test_what_is_no_such_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="."):
        read_cron(expression)
