"""The main job as a person does it, in a browser: watch a website, see it fail, look what its page does."""

import re
from collections import Counter

from playwright.sync_api import Page, expect

from tests.e2e.api import Api
from tests.e2e.conftest import Serve
from tests.e2e.server import Server
from tests.e2e.site import Site

SOON_MS = 20_000  # an interval of 5 s, on a machine that runs other tests
CONFIRMED_MS = 60_000  # a failure is looked at twice more, 5 s apart, before the website is called down


def test_the_first_check_is_on_screen_within_five_seconds_of_pasting_a_url(
    serve: Serve, site: Site, page: Page
) -> None:
    server = serve()
    page.goto(server.url)
    field = page.get_by_role("textbox").first

    field.fill(site.url)
    field.press("Enter")

    expect(page.get_by_text(re.compile(r"\bUp\b")).first).to_be_visible(timeout=5_000)


def test_a_page_shows_its_website_going_down_and_recovering(server: Server, site: Site, page: Page) -> None:
    api = Api(server)
    website = api.add_website(site.url)
    page.goto(f"{server.url}/websites/{website}")
    badge = page.locator(".ww-badge").first
    expect(badge).to_have_text(re.compile(r"^Up for "), timeout=SOON_MS)

    site.go_down()
    expect(badge).to_contain_text("Down for", timeout=CONFIRMED_MS)
    assert [window["ended_at"] for window in api.windows(website)] == [None]

    site.go_up()
    expect(badge).to_contain_text("Up for", timeout=CONFIRMED_MS)
    (window,) = api.windows(website)
    assert window["ended_at"] is not None
    assert window["duration_seconds"] > 0


def test_the_session_button_fills_a_waterfall_with_the_requests_of_the_page(
    server: Server, site: Site, page: Page
) -> None:
    api = Api(server)
    website = api.add_website(site.url)
    page.goto(f"{server.url}/websites/{website}")

    page.get_by_role("button", name="Start debug session").click()

    page.wait_for_url(re.compile(r"/debug-sessions/\d+"))
    expect(page.get_by_role("row", name=re.compile("order"))).to_be_visible(timeout=SOON_MS)
    session = int(page.url.partition("/debug-sessions/")[2].partition("?")[0])
    api.wait_until_ended(session)
    expect(page.get_by_role("row")).to_have_count(1 + len(site.log))
    assert answered(api, session) == Counter(site.log)


def test_a_click_on_a_row_shows_its_headers_and_timing(server: Server, site: Site, page: Page) -> None:
    api = Api(server)
    session = api.finished_debug_session(api.add_website(site.url))
    page.goto(f"{server.url}/debug-sessions/{session}")

    page.get_by_role("row", name=re.compile(r"stock\.json")).click()

    details = page.get_by_role("main")
    expect(details).to_contain_text(re.compile("content-type", re.IGNORECASE))
    page.get_by_role("tab", name="Timing").click()
    expect(details).to_contain_text(re.compile("waiting", re.IGNORECASE))


def answered(api: Api, session: int) -> Counter[tuple[str, str, int]]:
    """Method, path and status of each answer in the store, as `Site.log` has them."""
    ends = [event for event in api.events(session) if event["event_type"].upper() in ("RESPONSE", "REDIRECT")]
    network = [event for event in ends if event["url"].startswith("http")]
    return Counter((event["method"], "/" + event["url"].split("/", 3)[3], event["status_code"]) for event in network)
