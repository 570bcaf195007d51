"""/report in a browser, and the parameters of its address."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Page, expect

from dashboard.pages.report import month_of
from tests.accounts import HEADERS
from tests.e2e.api import Api
from tests.e2e.server import Server


def test_a_tags_report_is_linked_and_prints_without_its_form(page: Page, server: Server) -> None:
    Api(server).post("websites", {"url": "http://127.0.0.1:9/acme", "name": "Acme's", "tags": ["acme"]})
    page.goto(f"{server.url}/downtime?tag=acme")

    page.get_by_role("link", name="Monthly report").click()

    expect(page.get_by_role("heading", name="Uptime of acme")).to_be_visible()
    expect(page.get_by_role("cell", name="Acme's", exact=True)).to_be_visible()
    page.get_by_label("Websites").select_option("All")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Uptime of all websites")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    page.emulate_media(media="screen")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename.startswith("Uptime of all websites 20")
    assert "Acme's" in download.value.path().read_text()


def test_the_form_fits_a_phone_with_a_long_tag(page: Page, server: Server) -> None:
    tag = "a-very-long-tag-name-of-a-client-in-the-north-and-beyond"
    Api(server).post("websites", {"url": "http://127.0.0.1:9/long", "tags": [tag]})
    page.set_viewport_size({"width": 390, "height": 844})

    page.goto(f"{server.url}/report?tag={tag}")

    assert page.get_by_label("Websites").evaluate("one => one.getBoundingClientRect().right <= innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_report_needs_a_sign_in_and_ignores_invalid_parameters(server: Server) -> None:
    nobody = httpx.get(f"{server.url}/report")
    odd = httpx.get(f"{server.url}/report?month=2026-13&tag=nobody&timezone=Mars", headers=HEADERS)

    assert nobody.status_code in (302, 303, 401)
    assert odd.status_code == 200 and "No website has this tag." in odd.text and "all times are UTC" in odd.text


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", date(2026, 10, 1)),
        ("2026-12", date(2026, 12, 1)),
        ("2027-01", date(2026, 11, 1)),
        ("2026-1", date(2026, 11, 1)),
        ("10/2026", date(2026, 11, 1)),
        ("0001-01", date(2026, 11, 1)),
        ("", date(2026, 11, 1)),
    ],
    ids=[
        "past",
        "this one",
        "to come",
        "short",
        "other words",
        "year 1",
        "none: of the last in its first week",
    ],
)
def test_a_month_is_read_from_the_address(text: str, month: date) -> None:
    now = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # in Berlin it is December

    assert month_of(text, now, ZoneInfo("Europe/Berlin")) == month


@pytest.mark.parametrize(
    ("cookie", "body_class"),
    [("dark", "body--dark"), ("light", "body--light"), ("system", "body--system"), ("><", "body--system")],
)
def test_the_report_has_the_readers_theme(server: Server, cookie: str, body_class: str) -> None:
    text = httpx.get(f"{server.url}/report", headers=HEADERS | {"cookie": f"watchwright-theme={cookie}"}).text

    assert f'<body class="{body_class}">' in text
