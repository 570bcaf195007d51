"""The time range of lists and figures is read in UTC, and one that ends before it starts is refused."""

from datetime import timedelta

import httpx
import pytest

from core.clock import utc_now
from core.database import run_in_session
from core.errors import InvalidInput
from dashboard.api.time_range import MAX_PERIOD, TimeRange
from tests.dashboard.windows import make_outage
from tests.factories import NOON

REVERSED = {"since": "2026-03-01T12:00:00Z", "until": "2026-03-01T12:30:00+01:00"}


@pytest.mark.parametrize("since", ["2026-03-01T10:30:00 02:00", "2026-03-01 10:30:00.000 02:00", "2026-03-01 08:30"])
async def test_an_unencoded_plus_is_accepted(client: httpx.AsyncClient, since: str) -> None:
    run_in_session(make_outage, NOON)

    answer = await client.get("/api/v1/websites/1/uptime", params={"since": since, "until": "2026-03-02T00:00:00Z"})

    assert answer.json().get("since") == "2026-03-01T08:30:00Z", answer.text


@pytest.mark.parametrize(
    "path",
    [
        "downtime-windows",
        "websites/1/downtime-windows",
        "websites/1/checks",
        "websites/1/series",
        "websites/1/uptime",
    ],
)
async def test_a_range_that_ends_before_it_starts_is_refused(client: httpx.AsyncClient, path: str) -> None:
    run_in_session(make_outage, NOON)

    answer = await client.get(f"/api/v1/{path}", params=REVERSED)

    assert (answer.status_code, answer.json()["detail"]) == (422, "since must not be after until.")


def test_the_span_is_the_last_day_by_default() -> None:
    since, until = TimeRange().span

    assert until - since == timedelta(days=1)
    assert utc_now() - until < timedelta(minutes=1)


@pytest.mark.parametrize("length", [timedelta(0), MAX_PERIOD + timedelta(seconds=1)], ids=["empty", "too long"])
def test_an_empty_or_endless_span_is_refused(length: timedelta) -> None:
    asked = TimeRange(since=NOON - length, until=NOON)

    with pytest.raises(InvalidInput, match="at most ten years"):
        _ = asked.span
