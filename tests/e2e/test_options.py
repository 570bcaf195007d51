"""A debug session that can open its page in another way, or another page."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.api import Api
from tests.e2e.server import Server
from tests.e2e.site import Site


def test_a_session_is_started_with_options_from_the_page(server: Server, site: Site, page: Page) -> None:
    api = Api(server)
    website = api.add_website(site.url)
    page.goto(f"{server.url}/websites/{website}")
    page.get_by_role("button", name="Options of a debug session").click()
    viewport = page.get_by_label("Viewport")

    expect(page.get_by_label("Maximum (seconds)")).to_have_value("60")
    assert page.get_by_label("Device").evaluate("input => input.list.options.length") > 1
    viewport.fill("wide")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="WIDTHxHEIGHT")).to_be_visible()
    viewport.fill("800x600")
    page.get_by_label("Network", exact=True).select_option("fast-4g")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/debug-sessions/\d+"))

    session = api.get(f"debug-sessions/{page.url.rpartition('/')[2]}")
    assert session["options"]["viewport"] == {"width": 800, "height": 600}
    assert session["options"]["network_profile"] == "fast-4g"
    api.wait_until_ended(session["id"])


def test_a_request_is_opened_as_a_session_of_its_own(server: Server, site: Site, page: Page) -> None:
    api = Api(server)
    session = api.finished_debug_session(api.add_website(site.url))
    page.goto(f"{server.url}/debug-sessions/{session}")
    page.get_by_role("row", name=re.compile(r"inner\.html")).click()

    page.get_by_role("button", name="Open in a new session").click()

    page.wait_for_url(re.compile(rf"/debug-sessions/(?!{session}\b)\d+"))
    newest = api.get("debug-sessions")["items"][0]
    assert newest["url"].endswith("/inner.html")
    api.wait_until_ended(newest["id"])
