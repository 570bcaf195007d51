"""The form of a maintenance window yields its fields, and errors appear at their inputs."""

from dataclasses import asdict, replace

import pytest

from core.errors import InvalidInput
from dashboard.components.maintenance_form import Draft, fields, fields_of, skipped

DRAFT = Draft(
    name="Upgrade",
    subject="all",
    starts="2027-03-28T02:30",
    length="1",
    unit="hours",
    recurs="once",
    rule="",
    timezone="Europe/Berlin",
)


@pytest.mark.parametrize(
    ("typed", "by_field"),
    [
        ({"timezone": "Mars"}, {"timezone": "Enter a time zone such as Europe/Berlin or UTC."}),
        ({"starts": ""}, {"starts": "Enter a date and a time."}),
        ({"length": "-1"}, {"length": "Enter a number, which with its unit is 1 minute to 366 days."}),
        (
            {"starts": "", "length": "long"},
            {
                "starts": "Enter a date and a time.",
                "length": "Enter a number, which with its unit is 1 minute to 366 days.",
            },
        ),
        (
            {"length": "9", "unit": "days", "timezone": ""},
            {"timezone": "Enter a time zone such as Europe/Berlin or UTC."},
        ),
    ],
    ids=["zone", "start", "length", "both", "no zone"],
)
def test_each_error_belongs_to_its_input(typed: dict[str, str], by_field: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        fields(asdict(replace(DRAFT, **typed)))

    assert refused.value.by_field == by_field


def test_a_missing_name_is_reported_with_the_other_errors() -> None:
    with pytest.raises(InvalidInput) as refused:
        fields_of(asdict(replace(DRAFT, name=" ", starts="")))

    assert refused.value.by_field == {"name": "This is required.", "starts": "Enter a date and a time."}


@pytest.mark.parametrize(
    ("starts", "timezone", "words"),
    [
        ("2027-03-28T02:30", "Europe/Berlin", "Clocks go forward that day and skip 02:30, so 03:30 is used."),
        (
            "2027-03-14T02:00",
            "America/New_York",
            "Clocks go forward that day and skip 02:00, so 03:00 is used.",
        ),
        ("2027-03-28T03:30", "Europe/Berlin", ""),
        ("2027-10-31T02:30", "Europe/Berlin", ""),
        ("", "Europe/Berlin", ""),
    ],
    ids=["Berlin", "New York", "after it", "twice that day", "nothing"],
)
def test_a_start_in_a_skipped_hour_is_reported(starts: str, timezone: str, words: str) -> None:
    assert skipped(asdict(replace(DRAFT, starts=starts, timezone=timezone))) == words


def test_a_recurring_start_in_a_skipped_hour_shifts_later_ones() -> None:
    assert skipped(asdict(replace(DRAFT, recurs="daily"))) == (
        "Clocks go forward that day and skip 02:30, so 03:30 is used, also on later days. "
        "Choose another first day to keep 02:30."
    )
