"""/downtime without any downtime yet, and with a website that flaps."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from dashboard.frame import ZONE_COOKIE
from tests import sqlite
from tests.accounts import HEADERS
from tests.dashboard.axe import serious_findings
from tests.e2e.api import Api
from tests.e2e.server import Server
from tests.factories import make_website, make_window


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(data_dir=tmp_path / "data") as server:
        yield server


def test_without_websites_the_page_links_to_the_overview(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime")

    expect(page.get_by_role("heading", name="No websites yet")).to_be_visible()
    assert serious_findings(page) == []
    page.get_by_role("link", name="Add website").click()
    page.get_by_label("Website address").fill(f"{server.url}/healthz")
    page.get_by_role("button", name="Start monitoring").click()
    expect(page.get_by_role("table", name="Websites")).to_be_visible()
    page.goto(f"{server.url}/downtime")

    expect(page.get_by_role("heading", name="Nothing was down in the last 7 d")).to_be_visible()
    expect(page.get_by_role("link", name="Add website")).to_have_count(0)


def test_unknown_filters_are_named_and_not_applied(page: Page, server: Server) -> None:
    Api(server).add_website(f"{server.url}/healthz")
    page.goto(f"{server.url}/downtime?range=30+d&website=77&tag=gone&state=open")

    expect(page.get_by_role("search").get_by_role("status")).to_have_text(
        "Unknown filters, not applied: website “77”, tag “gone”."
    )
    expect(page.get_by_label("Website", exact=True)).to_have_value("")
    expect(page.get_by_role("link", name="Monthly report")).to_have_attribute("href", "/report")
    page.get_by_label("State", exact=True).select_option("Closed")
    expect(page).to_have_url(re.compile(r"\?range=30\+d&state=closed$"))
    expect(page.get_by_role("search").get_by_role("status")).to_be_empty()


def test_a_filter_that_is_deleted_meanwhile_is_named(page: Page, crashed: Server) -> None:
    crashed.start()
    page.goto(f"{crashed.url}/downtime?tag=acme")
    expect(page.locator(".ww-windows a")).to_have_count(2)

    httpx.delete(f"{crashed.url}/api/v1/websites/1", headers=HEADERS).raise_for_status()
    expect(page.locator(".ww-windows a")).to_have_count(1)
    httpx.delete(f"{crashed.url}/api/v1/websites/2", headers=HEADERS).raise_for_status()

    expect(page.get_by_role("search").get_by_role("status")).to_have_text("Unknown filter, not applied: tag “acme”.")


def _flap(file: Path) -> None:
    """A website with a right-to-left name that was down eight times within two hours, in windows 1 to 8."""
    sqlite.new_store(file)
    engine = database.make_engine(f"sqlite:///{file}")
    with Session(engine) as db, db.begin():
        website = make_website(db, url="http://127.0.0.1:9/", name="\u202eShop &lt; Co")
        website.is_active = False
        for minutes in range(90, 10, -10):
            started = utc_now() - timedelta(minutes=minutes)
            ended = started + timedelta(minutes=3)
            make_window(db, website, started_at=started, ended_at=ended, root_cause=f"It broke at -{minutes}.")
    engine.dispose()


def test_windows_of_a_flapping_website_are_one_folded_line(page: Page, tmp_path: Path) -> None:
    server = Server(data_dir=tmp_path / "data")
    server.data_dir.mkdir()
    _flap(server.data_dir / "watchwright.sqlite3")
    with server:
        page.context.add_cookies([{"name": ZONE_COOKIE, "value": "UTC", "url": server.url}])  # else it is drawn twice
        page.goto(f"{server.url}/downtime")
        line, windows = page.locator(".ww-windows summary"), page.locator(".ww-windows a")

        expect(line).to_contain_text("It broke at -20.8 times, ")
        expect(line).to_contain_text("24 min in all")
        expect(line.locator("bdi")).to_have_text("\u202eShop &lt; Co")
        expect(page.get_by_role("img").get_by_text("Shop &lt; Co")).to_be_visible()
        expect(windows.first).to_be_hidden()
        line.click()
        expect(windows).to_have_count(8)
        expect(windows.last).to_be_visible()
        assert serious_findings(page) == []
        address = f"{server.url}/api/v1/downtime-windows/8"
        httpx.patch(address, json={"root_cause": "A loose plug."}, headers=HEADERS).raise_for_status()

        expect(line).to_contain_text("A loose plug.")
        expect(windows.last).to_be_visible()

        for span in ("30 d", "1 y"):
            page.goto(f"{server.url}/websites/1?range={span.replace(' ', '')}")
            page.get_by_role("link", name="2 more").click()
            expect(page).to_have_url(f"{server.url}/downtime?website=1&range={span.replace(' ', '+')}")
            expect(page.get_by_text(f"1 with downtime in the last {span}", exact=True)).to_be_visible()
        page.goto(f"{server.url}/downtime?state=closed")
        expect(page.get_by_text("1 with downtime in the last 7 d", exact=True)).to_be_visible()


@pytest.fixture
def crashed(tmp_path: Path) -> Iterator[Server]:
    """A server, not started yet, with three websites that are down, two of them of one tag."""
    server = Server(data_dir=tmp_path / "data")
    server.data_dir.mkdir()
    file = server.data_dir / "watchwright.sqlite3"
    sqlite.new_store(file)
    engine = database.make_engine(f"sqlite:///{file}")
    with Session(engine) as db, db.begin():
        for number, tags in enumerate((["acme"], ["acme"], [])):
            website = make_website(db, url=f"http://127.0.0.1:9/{number}", check_interval=86_400, tags=tags)
            make_window(db, website, started_at=utc_now() - timedelta(minutes=5))
    engine.dispose()
    yield server
    server.kill()


def test_all_shown_open_windows_are_acknowledged_together(page: Page, crashed: Server) -> None:
    crashed.start()
    page.goto(f"{crashed.url}/downtime")
    expect(page.get_by_role("button", name="Acknowledge 3")).to_be_visible()
    page.goto(f"{crashed.url}/downtime?tag=acme")

    page.get_by_role("button", name="Acknowledge 2").click()
    dialog = page.get_by_role("dialog", name="Acknowledge 2 downtime windows?")
    dialog.get_by_role("button", name="Acknowledge", exact=True).click()

    expect(page.get_by_role("button", name="Acknowledge 2")).to_have_count(0)
    windows = httpx.get(f"{crashed.url}/api/v1/downtime-windows", headers=HEADERS).json()["items"]
    assert sorted(window["acknowledged_by"] is None for window in windows) == [False, False, True]


def test_the_list_keeps_focus_and_scroll_while_durations_grow(
    page: Page, crashed: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_MONITOR", "false")
    crashed.start()
    page.context.add_cookies([{"name": ZONE_COOKIE, "value": "UTC", "url": crashed.url}])
    unseen = ("/downtime", "downtime-windows/1", "notes"), ("/websites/1", "websites/1", "description")
    for path, changed, field in unseen:  # like another failing check, which changes nothing in the list
        page.goto(f"{crashed.url}{path}")
        link = page.locator(".ww-windows a[href='/downtime/1']")
        link.evaluate("(element) => { element.dataset.place = 'here'; element.focus(); }")
        length = link.locator(".ww-secondary")
        before = length.inner_text()

        for number in range(1_000):
            words = {field: f"Change {number}"}
            httpx.patch(f"{crashed.url}/api/v1/{changed}", json=words, headers=HEADERS).raise_for_status()
            if length.inner_text() != before:
                break

        expect(length).not_to_have_text(before)
        expect(link).to_have_attribute("data-place", "here")
        expect(link).to_be_focused()


def test_filtering_by_key_keeps_the_focus(page: Page, server: Server) -> None:
    Api(server).post("websites", {"url": "http://127.0.0.1:9/", "is_active": False})
    page.goto(f"{server.url}/downtime")
    span = page.get_by_role("group", name="Time range").get_by_role("button", name="30 d")
    span.focus()

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("range=30"))
    expect(span).to_have_attribute("aria-pressed", "true")
    expect(span).to_be_focused()
