"""/downtime of a store in which nothing went down yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.axe import serious_findings
from tests.e2e.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(data_dir=tmp_path / "data")
    server.start()
    yield server
    server.kill()


def test_without_a_website_the_page_leads_to_where_one_is_added(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime")

    expect(page.get_by_role("heading", name="No website is watched yet")).to_be_visible()
    assert serious_findings(page) == []
    page.get_by_role("link", name="Watch a website").click()
    page.get_by_label("Address of the website").fill(f"{server.url}/healthz")
    page.get_by_role("button", name="Watch it").click()
    expect(page.get_by_role("table", name="Websites")).to_be_visible()
    page.goto(f"{server.url}/downtime")

    expect(page.get_by_role("heading", name="Nothing was down in the last 7 d")).to_be_visible()
    expect(page.get_by_role("link", name="Watch a website")).to_have_count(0)
