"""The words of a status page."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.services.statistics import DayUptime
from dashboard.status import words
from dashboard.status.view import Shown, StatusView

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_view(*statuses: str) -> StatusView:
    shown = [
        Shown(id=key, name=f"Site {key}", status=status, days=[], share=None)
        for key, status in enumerate(statuses, start=1)
    ]
    order = ("DOWN", "DEGRADED", "MAINTENANCE", "UNKNOWN", "UP")
    return StatusView(
        slug="ours",
        title="Ours",
        description=None,
        logo=None,
        can_subscribe=False,
        password_hash=None,
        status=min(statuses, key=order.index, default="UNKNOWN"),
        groups=[("", shown)],
        left_out=0,
        windows=[],
        maintenance=[],
        made_at=NOON,
    )


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (["UP", "UP"], "All systems operational"),
        (["UP", "DOWN"], "Site 2 is down"),
        (["UP", "DOWN", "DOWN"], "Site 2 and Site 3 are down"),
        (["UP", "DOWN", "DOWN", "DOWN"], "3 of 4 are down"),
        (["DOWN", "DOWN"], "All websites are down"),
        (["DOWN"], "Site 1 is down"),
        (["DEGRADED", "UP"], "Site 1 is degraded"),
        (["MAINTENANCE", "UP"], "Maintenance in progress"),
        ([], "Status unknown"),
        (["UNKNOWN", "UNKNOWN"], "Status unknown"),
        (["UP", "UNKNOWN", "UP"], "The status of Site 2 is unknown"),
        (["UP", "UNKNOWN", "UNKNOWN", "UNKNOWN"], "The status of 3 of 4 is unknown"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else None,
)
def test_the_headline_names_few_and_counts_many(statuses: list[str], said: str) -> None:
    assert words.headline(a_view(*statuses)) == said


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (["UP", "UP"], "All websites shown here are up"),
        (["UP", "DOWN", "DOWN", "DOWN"], "3 of 4 shown are down"),
        (["DOWN", "DOWN"], "All websites shown here are down"),
        (["UP", "DOWN"], "Site 2 is down"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else None,
)
def test_an_incomplete_pages_headline_is_limited_to_it(statuses: list[str], said: str) -> None:
    assert words.headline(replace(a_view(*statuses), left_out=12)) == said


def test_uptime_states_the_number_of_known_days() -> None:
    known = DayUptime(day=date(2026, 3, 1), share=1.0, coverage=1.0, known_seconds=86_400, down_seconds=0)
    unknown = DayUptime(day=date(2026, 2, 28), share=None, coverage=0.0, known_seconds=0, down_seconds=0)

    def summary(*days: DayUptime) -> str:
        return words.uptime(Shown(id=1, name="A", status="UP", days=list(days), share=1.0))

    assert summary(known, known) == "100%"
    assert summary(unknown, known) == "100% in 1 day"
    assert summary(unknown, known, known) == "100% in 2 days"


def test_uptime_is_never_rounded_up_to_100_percent() -> None:
    assert words.percent(0.999_999_9) == "99.999%" and words.percent(None) == "no data" and words.percent(0) == "0%"


def test_a_span_over_midnight_names_both_days() -> None:
    summary = words.span(NOON, NOON + timedelta(hours=14))

    assert summary == "1 Mar 2026, 12:00 to 2 Mar 2026, 02:00 UTC"


def test_a_bars_tooltip_has_day_and_downtime() -> None:
    day = DayUptime(day=date(2026, 3, 1), share=0.98, coverage=1.0, known_seconds=86_400, down_seconds=1_728)

    assert words.tip(day) == "1 Mar 2026: 98.000%, down 28 min 48 s"
    assert words.bar(day) == "up-3"
