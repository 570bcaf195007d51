"""A month's report as a page and as CSV."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from core.services.statistics import Percentiles, Uptime
from dashboard.queries.uptime_report import ReportedWindow, UptimeReport, WebsiteFigures
from dashboard.reports.uptime_report import span, to_csv, to_html
from tests.dashboard.axe import serious_findings

BERLIN = ZoneInfo("Europe/Berlin")
SINCE, UNTIL = datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)
OUTAGE = ReportedWindow(
    window_id=7,
    website_id=1,
    website="<b>Shop</b>",
    started_at=SINCE + timedelta(hours=1),
    ended_at=SINCE + timedelta(hours=2),
    seconds=3_600,
    cause="The <disk> was full.",
)


def make_report(*, share: float | None = 0.99871, outages: tuple[ReportedWindow, ...] = (OUTAGE,)) -> UptimeReport:
    uptime = Uptime(share=share, coverage=0.5, down_seconds=3_600)
    response = Percentiles(p50_ms=187.4, p95_ms=None, checks=3)
    shop = WebsiteFigures(id=1, name="=Shop", url="https://shop.example/", uptime=uptime, outages=1, response=response)
    return UptimeReport(
        tag="acme & co",
        month=date(2026, 3, 1),
        zone=BERLIN,
        since=SINCE,
        until=UNTIL,
        made_at=UNTIL + timedelta(days=500),
        uptime=uptime,
        websites=[shop],
        outages=list(outages),
        total_outages=len(outages),
    )


def test_the_page_has_figures_outages_and_months() -> None:
    text = to_html(make_report(), tags=["acme & co"], root="/below", body_class="body--dark").decode()

    assert "<h1>Uptime of acme &amp; co</h1>" in text and "March 2026 · all times are Europe/Berlin" in text
    assert "99.87%" in text and "50% known" in text and "187 ms" in text
    assert "&lt;b&gt;Shop&lt;/b&gt;" in text and "The &lt;disk&gt; was full." in text
    assert "1 Mar, 01:00 to 02:00" in text
    assert '<option value="2026-03" selected>' in text and '<option value="2027-08">' in text
    assert 'href="/below/report.csv?month=2026-03&amp;tag=acme%20%26%20co&amp;timezone=Europe/Berlin"' in text
    assert "<script" not in text and '<body class="body--dark">' in text
    assert "<b>1</b>" in text and "<b>1 h</b>" in text


def test_missing_data_and_missing_outages_are_stated() -> None:
    report = make_report(share=None, outages=())
    nothing = replace(report, uptime=replace(report.uptime, down_seconds=0))

    text = to_html(nothing, tags=[], root="", body_class="body--system").decode()

    assert text.count("<b>–</b>") == 2 and "<b>0" not in text
    assert "no data" in text and "No data for this month." in text


@pytest.mark.parametrize(
    ("tag", "words"), [(None, "No websites yet."), ("acme", "No website has this tag.")], ids=["all", "tag"]
)
def test_a_report_without_websites_has_a_reason(tag: str | None, words: str) -> None:
    text = to_html(
        replace(make_report(share=None, outages=()), tag=tag, websites=[]), tags=[], root="", body_class="body--system"
    ).decode()

    assert words in text


def test_outage_causes_fit_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_content(to_html(make_report(), tags=[], root="", body_class="body--system").decode())

    cause = page.get_by_text(OUTAGE.cause or "")

    assert cause.evaluate("one => one.getBoundingClientRect().right <= innerWidth - 16")


def test_the_csv_has_each_website_and_no_formula() -> None:
    names, shop = csv.reader(to_csv(make_report()).splitlines())

    assert dict(zip(names, shop, strict=True)) == {
        "website": "'=Shop",
        "url": "https://shop.example/",
        "uptime_percentage": "99.871",
        "known_percentage": "50.0",
        "down_seconds": "3600",
        "outages": "1",
        "p50_ms": "187.4",
        "p95_ms": "",
    }


@pytest.mark.parametrize(
    ("ended_at", "words"),
    [
        (None, "since 1 Mar, 01:00"),
        (SINCE + timedelta(hours=1, minutes=30), "1 Mar, 01:00 to 01:30"),
        (SINCE + timedelta(days=2), "1 Mar, 01:00 to 3 Mar, 00:00"),
    ],
)
def test_an_outage_is_in_the_reports_time_zone(ended_at: datetime | None, words: str) -> None:
    assert span(make_report(), replace(OUTAGE, ended_at=ended_at)) == words


def test_on_a_phone_a_websites_name_has_a_line_of_its_own(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    page.set_content(to_html(make_report(), tags=[], root="", body_class="body--system").decode())

    websites = page.get_by_role("region", name="Each website", exact=True)
    name = websites.locator("tbody td").first

    assert websites.evaluate("it => it.scrollWidth == it.clientWidth")
    assert name.evaluate("it => it.clientWidth") == websites.evaluate("it => it.clientWidth")
    assert serious_findings(page) == []
