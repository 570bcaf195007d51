"""/api/v1/uptime-report."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.services import coverage
from tests.factories import make_check, make_website, make_window

ADDRESS = "/api/v1/uptime-report"


def seed(db: Session) -> tuple[int, int]:
    now = utc_now()
    shop, _other = make_website(db, name="Shop", tags=["acme"], check_interval=3_600), make_website(db)
    moments = [now - timedelta(minutes=minutes) for minutes in (20, 10, 0)]
    coverage.fold(db, [make_check(db, shop, checked_at=moment) for moment in moments])
    return shop.id, make_window(db, shop, started_at=now - timedelta(minutes=20), ended_at=now).id


async def test_a_month_of_a_tag_has_its_websites_and_outages(client: httpx.AsyncClient) -> None:
    shop, window = run_in_session(seed)
    month = f"{utc_now():%Y-%m}"

    report = (await client.get(ADDRESS, params={"month": month, "tag": "acme"})).json()

    assert (report["month"], report["timezone"], report["tag"]) == (f"{month}-01", "UTC", "acme")
    assert [(one["id"], one["outages"]) for one in report["websites"]] == [(shop, 1)]
    assert [(one["window_id"], one["website_id"]) for one in report["outages"]] == [(window, shop)]
    assert report["uptime_percentage"] is not None and report["total_outages"] == 1


@pytest.mark.parametrize(
    ("params", "detail"),
    [
        ({"month": "2999-01"}, "January 2999 has not begun."),
        ({"month": "2026-13"}, "The month must be written as YYYY-MM, such as 2026-10."),
        ({"month": "0000-01"}, None),
        ({"month": "0001-01", "timezone": "Asia/Tokyo"}, None),
        ({"month": "2026-01", "timezone": "Mars"}, None),
        ({}, None),
    ],
)
async def test_invalid_months_and_zones_are_refused(
    client: httpx.AsyncClient, params: dict[str, str], detail: str | None
) -> None:
    answer = await client.get(ADDRESS, params=params)

    assert answer.status_code == 422
    assert detail is None or answer.json()["detail"] == detail
