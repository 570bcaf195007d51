"""The overview in a browser: it lists, follows, filters, pauses and deletes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import DowntimeWindow, MonitorCheck, MonitorStatus, Website
from tests.accounts import sign_in
from tests.e2e.server import Server

WEBSITES = 1_000
ON_SCREEN = 60  # rows that may be in the document at once


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a store of a thousand paused websites, and one that is down."""
    data_dir = tmp_path_factory.mktemp("watchwright") / "data"
    data_dir.mkdir()
    _fill(data_dir)
    server = Server(data_dir=data_dir)
    server.start()
    yield server
    server.kill()


def _fill(data_dir: Path) -> None:
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    database.upgrade(engine)
    now = utc_now()
    with Session(engine) as db, db.begin():
        rows = [
            {"url": f"http://127.0.0.1:9/{number}", "name": f"Website {number}", "is_active": False}
            for number in range(1, WEBSITES + 1)
        ]
        db.execute(insert(Website), rows)
        down = Website(url="http://127.0.0.1:9/down", name="<b>Aperture</b>", check_interval=86_400)
        db.add(down)
        db.flush()
        db.add(DowntimeWindow(website_id=down.id, started_at=now))
        check = {"website_id": down.id, "status": MonitorStatus.DOWN, "error_message": "refused", "checked_at": now}
        db.add(MonitorCheck(**check))
    engine.dispose()


def test_what_is_down_is_the_headline_and_stands_first(page: Page, full: Server) -> None:
    page.goto(full.url)

    expect(page.get_by_role("heading", level=1)).to_have_text("<b>Aperture</b> is down")
    expect(page.get_by_role("table", name="Websites").get_by_role("row").nth(1)).to_contain_text("<b>Aperture</b>")
    expect(page).to_have_title(re.compile(r"^\(1 down\) "))
    expect(page.locator("link[rel~=icon]").last).to_have_attribute("href", re.compile("favicon-down"))


def test_rows_off_screen_are_not_there_and_come_when_scrolled_to(page: Page, full: Server) -> None:
    page.goto(full.url)
    table = page.get_by_role("table", name="Websites")
    expect(table).to_have_attribute("aria-rowcount", str(WEBSITES + 2))

    assert table.get_by_role("row").count() < ON_SCREEN

    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.get_by_role("link", name=f"Website {WEBSITES} ")).to_be_in_viewport()
    assert table.get_by_role("row").count() < ON_SCREEN


def test_a_search_can_be_shared_as_an_address(page: Page, full: Server) -> None:
    page.goto(full.url)

    page.get_by_role("searchbox").fill("website 77")
    expect(page).to_have_url(re.compile(r"q=website\+77$"))
    page.goto(page.url)

    expect(page.get_by_role("table", name="Websites").get_by_role("row")).to_have_count(1 + 11)


def test_nothing_found_says_so_and_leads_back(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=nowhere")

    page.get_by_role("button", name="Show all").click()

    expect(page.get_by_role("table", name="Websites")).to_have_attribute("aria-rowcount", str(WEBSITES + 2))


def test_a_deletion_can_be_undone(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+500")
    row = page.get_by_role("row", name=re.compile("Website 500"))

    page.get_by_role("checkbox", name="Select Website 500").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(row).to_have_count(1)


def test_what_another_page_changes_is_seen_soon(page: Page, browser: Browser, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+321")
    other = browser.new_page()
    sign_in(other.context)
    other.goto(f"{full.url}/?q=website+321")

    other.get_by_role("checkbox", name="Select Website 321").check()
    other.get_by_role("button", name="Resume").click()

    expect(page.get_by_role("row", name=re.compile("Website 321")).get_by_text("Paused")).to_have_count(
        0, timeout=3_000
    )
