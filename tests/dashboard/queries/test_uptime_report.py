"""The uptime of websites in a month."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from core.models import MonitorStatus, Website
from core.services import WebsiteCRUD, coverage
from dashboard.queries import uptime_report
from tests.factories import make_check, make_maintenance, make_website, make_window

BERLIN = ZoneInfo("Europe/Berlin")
MARCH = date(2026, 3, 1)
NOW = datetime(2026, 4, 10, tzinfo=UTC)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def watch(db: Session, name: str, since: datetime, until: datetime, *, tags: tuple[str, ...] = ()) -> Website:
    """A website that was up at each check of an hour."""
    website = make_website(db, name=name, check_interval=3_600, tags=list(tags))
    hours = int((until - since).total_seconds() // 3_600)
    moments = [since + timedelta(hours=number) for number in range(hours + 1)]
    coverage.fold(db, [make_check(db, website, status=MonitorStatus.UP, checked_at=moment) for moment in moments])
    return website


@pytest.fixture
def shop(db: Session) -> Website:
    return watch(db, "Shop", at(2, 27), at(4, 2), tags=("acme",))


def test_a_month_follows_the_time_zone_and_weighs_known_time(db: Session, shop: Website) -> None:
    blog = watch(db, "Blog", at(3, 16, 22), at(4, 2), tags=("acme",))
    watch(db, "Another's", at(3, 1), at(3, 2))
    make_window(db, shop, started_at=at(2, 28, 22), ended_at=at(3, 1, 1), root_cause="The disk was full.")
    make_window(db, shop, started_at=at(3, 31, 21), ended_at=at(4, 1, 3))
    make_window(db, shop, started_at=at(4, 1, 6), ended_at=at(4, 1, 7))

    report = uptime_report.load(db, tag="acme", month=MARCH, zone=BERLIN, now=NOW)

    assert (report.since, report.until, report.is_over) == (at(2, 28, 23), at(3, 31, 22), True)
    assert [(one.name, one.outages) for one in report.websites] == [("Blog", 0), ("Shop", 2)]
    fared = {one.name: one.uptime for one in report.websites}
    hours = 31 * 24 - 1  # for a month in which summer time begins
    assert fared["Shop"].down_seconds == pytest.approx(3 * 3_600)
    assert fared["Shop"].share == pytest.approx(1 - 3 / hours)
    assert fared["Blog"].share == 1 and fared["Blog"].coverage == pytest.approx(15 * 24 / hours)
    assert report.uptime.share == pytest.approx(1 - 3 / (hours + 15 * 24))
    assert [(one.website, one.seconds, one.cause) for one in report.outages] == [
        ("Shop", 2 * 3_600, "The disk was full."),
        ("Shop", 3_600, None),
    ]
    assert blog.id in {one.id for one in report.websites}


def test_the_current_month_and_open_windows_end_now(db: Session, shop: Website) -> None:
    make_window(db, shop, started_at=at(4, 1, 12))

    report = uptime_report.load(db, tag=None, month=date(2026, 4, 1), zone=UTC, now=at(4, 2))

    assert not report.is_over
    assert report.outages[0].ended_at is None and report.outages[0].seconds == 12 * 3_600


def test_maintenance_counts_neither_way(db: Session, shop: Website) -> None:
    make_maintenance(db, website_id=shop.id, starts_at=at(3, 5), duration_seconds=24 * 3_600)
    make_window(db, shop, started_at=at(3, 5, 1), ended_at=at(3, 5, 2))

    report = uptime_report.load(db, tag=None, month=MARCH, zone=UTC, now=NOW)

    assert report.uptime.down_seconds == 0 and report.uptime.coverage == pytest.approx(30 / 31)


def test_all_outages_are_counted_even_if_not_listed(
    db: Session, shop: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uptime_report, "MAX_OUTAGES", 2)
    for day in (3, 4, 5):
        make_window(db, shop, started_at=at(3, day), ended_at=at(3, day, 1))

    report = uptime_report.load(db, tag=None, month=MARCH, zone=UTC, now=NOW)

    assert (len(report.outages), report.total_outages, report.websites[0].outages) == (2, 3, 3)


def test_a_website_added_while_reading_is_left_out(db: Session, shop: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    before = WebsiteCRUD.get_names(db)
    make_window(db, watch(db, "New", at(3, 1), at(3, 2)), started_at=at(3, 1), ended_at=at(3, 2))
    monkeypatch.setattr(WebsiteCRUD, "get_names", lambda *_: before)

    report = uptime_report.load(db, tag=None, month=MARCH, zone=UTC, now=NOW)

    assert ([one.id for one in report.websites], report.outages) == ([shop.id], [])


def test_a_report_without_data_has_no_figures(db: Session) -> None:
    report = uptime_report.load(db, tag="nobody", month=MARCH, zone=UTC, now=NOW)

    assert (report.websites, report.outages, report.uptime.share, report.uptime.coverage) == ([], [], None, 0)
