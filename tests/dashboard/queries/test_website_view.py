"""The reader's choices are stored in the address and read back from it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from core.models import MonitorStatus
from dashboard.queries.website_view import MIN_SPAN, View, read

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "view",
    [
        View(),
        View(range_name="90 d"),
        View(by_phase=True, status=MonitorStatus.DOWN, region="eu-west", page=3),
        View(range_name="1 y", zoom=(NOON, NOON + timedelta(hours=2))),
    ],
    ids=["nothing", "range", "table", "zoom"],
)
def test_a_view_survives_its_query(view: View) -> None:
    assert read(dict(parse_qsl(view.query()))) == view


def test_the_default_view_has_no_query() -> None:
    assert View().query() == ""


@pytest.mark.parametrize(
    "query",
    [
        {"range": "2d"}, {"page": "-1"}, {"page": "²"}, {"page": "0"}, {"status": "dead"}, {"view": "x"},
        {"region": "<b>"}, {"since": "yesterday", "until": "today"},
        {"since": "0001-01-01", "until": "9999-12-31"},
    ],
    ids=str,
)  # fmt: skip
def test_invalid_values_are_ignored(query: dict[str, str]) -> None:
    assert read(query) == View()


def test_a_zoom_has_a_minimum_length() -> None:
    zoom = View().zoomed(NOON, NOON).zoom

    assert zoom is not None
    assert zoom[1] - zoom[0] == MIN_SPAN


def test_choosing_a_range_ends_the_zoom() -> None:
    assert View(zoom=(NOON, NOON + timedelta(hours=1))).ranged("7 d") == View(range_name="7 d")
