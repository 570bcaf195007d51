"""/debug-sessions/{id} in a browser."""

import re
from itertools import pairwise
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from core import database
from core.models import ArtifactKind, Finding, SessionArtifact
from tests.accounts import HEADERS, sign_in
from tests.dashboard.axe import serious_findings
from tests.dashboard.pages.seed import PIXEL, STARTED
from tests.e2e.server import Server


def test_a_stored_session_shows_rows_totals_and_milestones(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")

    expect(page.get_by_role("heading", name="Session 1")).to_be_visible()
    expect(page.locator(".ww-state")).to_have_text("Finished, 3.9 s")
    expect(page.locator(".wf-status")).to_contain_text("40 requests")
    expect(page.locator(".wf-status")).to_contain_text("DOMContentLoaded 120 ms")
    expect(page.locator(".ww-session-facts")).to_contain_text("Chromium 156 · started by hand")


def test_the_sessions_facts_are_visible_at_every_width(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")
    facts = page.locator(".ww-session-facts")
    expect(facts).to_contain_text("started by hand")

    for width in (660, 720, 1_024, 1_280, 1_440):
        page.set_viewport_size({"width": width, "height": 800})
        assert facts.evaluate("it => it.scrollWidth <= it.clientWidth"), width


def test_all_rows_are_printed_and_removed_afterwards(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1_000, "height": 420})
    page.goto(f"{server.url}/debug-sessions/1")
    rows = page.locator(".wf-row:visible")
    expect(page.locator(".wf-status")).to_contain_text("40 requests")
    expect(rows).not_to_have_count(40)

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(rows).to_have_count(40)
    tops = page.evaluate("[...document.querySelectorAll('.wf-row')].map((row) => row.getBoundingClientRect().top)")
    assert {round(below - above) for above, below in pairwise(tops)} == {26}
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    expect(rows).not_to_have_count(40)


def test_the_waterfall_fills_the_window_below_a_trouble_line_too(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")
    foot = page.locator(".wf-foot")
    expect(foot).to_be_in_viewport(ratio=1)

    page.locator(".ww-trouble").evaluate("line => { line.textContent = 'Oh.'; line.classList.remove('hidden'); }")

    expect(page.locator(".ww-trouble")).to_be_visible()
    expect(foot).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0
    page.set_viewport_size({"width": 700, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_in_a_low_window_the_page_scrolls(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 720, "height": 450})  # 1440 x 900 at 200 % zoom
    page.goto(f"{server.url}/debug-sessions/1")
    expect(page.locator(".wf-row").first).to_be_visible()

    assert page.locator(".wf-body").evaluate("it => it.clientHeight") > 150
    assert page.evaluate("document.documentElement.scrollHeight > innerHeight")


def test_a_session_without_requests_has_an_axis_for_its_pictures(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/3")

    expect(page.get_by_text("No requests captured.")).to_be_visible()
    expect(page.locator(".wf-axis .wf-tick")).to_contain_text(["0 ms", "50 ms", "100 ms"])


def test_breadcrumbs_lead_to_the_website_and_the_list(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")
    crumbs = page.get_by_role("navigation", name="Breadcrumbs")

    expect(crumbs.get_by_role("link", name="Acme shop")).to_have_attribute("href", "/websites/1")
    crumbs.get_by_role("link", name="Debug sessions").click()

    expect(page).to_have_url(f"{server.url}/debug-sessions")


def test_details_are_loaded_from_the_store(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")

    page.locator('.wf-row[aria-rowindex="2"]').click()

    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("Response headers")
    expect(panel).to_contain_text("nginx")
    expect(page).to_have_url(re.compile(r"row=1000\.1"))


def test_a_link_to_a_row_opens_it(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1?row=1003.1")

    expect(page.locator('.wf-row[aria-selected="true"]')).to_have_attribute("aria-rowindex", "5")
    expect(page.get_by_role("complementary", name="Details of the request")).to_be_visible()


def test_search_looks_into_bodies(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")
    expect(page.locator(".wf-status")).to_contain_text("40 requests")

    page.keyboard.press("s")
    page.keyboard.type("NEEDLE")
    page.keyboard.press("Enter")

    expect(page.locator(".wf-search mark").first).to_have_text("needle")


def test_columns_are_stored_per_account(page: Page, browser: Browser, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("menuitemcheckbox", name="Priority").click()

    elsewhere = browser.new_context()
    sign_in(elsewhere)
    other = elsewhere.new_page()
    title = other.get_by_role("columnheader", name="Priority")
    for _ in range(20):  # the choice is saved a moment after the click
        other.goto(f"{server.url}/debug-sessions/2")
        expect(other.get_by_role("grid")).to_be_visible()
        if title.is_visible():
            break

    expect(title).to_be_visible()
    elsewhere.close()


def test_slash_focuses_the_filter_and_not_the_global_search(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")
    expect(page.get_by_role("grid")).to_have_attribute("aria-busy", "false")

    page.keyboard.press("/")
    page.keyboard.type("is:failed")

    expect(page.get_by_label("Filter requests")).to_have_value("is:failed")
    expect(page.locator(".wf-status")).to_contain_text(" of 40 requests")


def test_header_filters_use_the_store(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1?filter=has-response-header:server")
    expect(page.locator(".wf-status")).to_contain_text("40 requests")

    page.get_by_label("Filter requests").fill("has-response-header:etag")

    expect(page.locator(".wf-status")).to_contain_text("0 of 40 requests")


def test_the_page_shows_its_picture(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")
    expect(page.get_by_role("button", name="The page's picture")).to_be_visible()

    page.keyboard.press("p")

    picture = page.get_by_role("complementary", name="Picture of the page").get_by_role("img")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.wf-picture img').naturalWidth === 1")


def test_only_picture_artifacts_are_served(server: Server) -> None:
    answer = httpx.get(f"{server.url}/debug-sessions/3/pictures/3", headers=HEADERS)

    assert answer.status_code == 404


def test_pictures_are_served_with_a_sandbox(server: Server) -> None:
    answer = httpx.get(f"{server.url}/debug-sessions/1/pictures/1", headers=HEADERS)

    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_picture_of_another_session_is_not_found(server: Server) -> None:
    assert httpx.get(f"{server.url}/debug-sessions/2/pictures/1", headers=HEADERS).status_code == 404


def test_a_missing_session_is_a_404_with_a_reason(page: Page, server: Server) -> None:
    for session_id in ("999", "99999999999999999999"):
        answer = page.goto(f"{server.url}/debug-sessions/{session_id}")

        assert answer
        assert answer.status == 404
        expect(page.get_by_role("heading")).to_have_text(f"There is no debug session {session_id}")
    for path in ("/debug-sessions/last", "/websites/first"):
        answer = page.goto(server.url + path)

        assert answer and answer.status == 404
        expect(page.get_by_role("heading")).to_have_text("Page not found")


def test_the_waterfall_keeps_its_state_behind_another_view(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1?filter=is:failed")
    expect(page.locator(".wf-status")).to_contain_text("of 40 requests")

    page.get_by_role("tab", name="Console").click()
    expect(page.get_by_role("region", name="Console")).to_contain_text("boom")
    page.get_by_label("Filter", exact=True).fill("no such words")
    expect(page.get_by_role("region", name="Console")).to_contain_text("No messages match the filters.")
    page.get_by_role("tab", name="Waterfall").click()

    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_label("Filter requests")).to_have_value("is:failed")


def test_a_view_chosen_by_key_keeps_the_focus(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/1")
    tab = page.get_by_role("tab", name="Console")
    tab.focus()

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("view=console"))
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(tab).to_be_focused()


def test_a_failed_session_is_compared_with_the_last_good_one(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/2?compare=1")

    compared = page.get_by_role("region", name="Compare")
    expect(compared.get_by_role("listitem").first).to_have_text(re.compile(r"\d+ requests? (is|are) new\."))
    expect(compared.get_by_label("Compared with")).to_have_value("1")
    page.wait_for_url("**/debug-sessions/2?compare=1&view=compare")
    bar = compared.locator(".ww-pair > i").first
    drawn = bar.evaluate("(bar) => getComputedStyle(bar).backgroundColor")
    page.emulate_media(forced_colors="active")
    expect(bar).to_have_css("background-color", drawn)
    page.emulate_media(forced_colors="none")
    differing = compared.locator("tbody tr").count()
    compared.get_by_role("button", name=re.compile("^Gone")).click()
    expect(compared.get_by_text("changed status")).to_have_count(0)
    expect(compared.locator("tbody tr").first).to_contain_text("gone")
    assert compared.locator("tbody tr").count() <= differing
    expect(compared.locator("tbody a").first).to_have_attribute("href", re.compile(r"^/debug-sessions/1\?row=1\d+\.1$"))
    expect(compared.locator("tbody tr").first).to_be_visible()
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_part_of_the_page_has_a_serious_finding_of_axe(
    browser: Browser, server: Server, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(color_scheme=scheme)
    sign_in(page.context)
    page.goto(f"{server.url}/debug-sessions/1")
    expect(page.locator(".wf-status")).to_contain_text("40 requests")
    assert serious_findings(page) == []

    page.locator('.wf-row[aria-rowindex="3"]').click()
    for tab in ("Headers", "Timing", "Initiator"):
        page.get_by_role("tab", name=tab).click()
        assert serious_findings(page) == [], tab
    page.get_by_role("tab", name="Console").click()
    expect(page.get_by_role("region", name="Console")).to_be_visible()
    assert serious_findings(page) == []
    page.goto(f"{server.url}/debug-sessions/2?compare=1")
    expect(page.get_by_role("region", name="Compare")).to_be_visible()
    assert serious_findings(page) == []
    page.goto(f"{server.url}/debug-sessions")
    assert serious_findings(page) == []
    page.context.close()


def test_loading_does_not_shift_the_layout(page: Page, server: Server) -> None:
    _find_something(server, session_id=2)
    page.add_init_script(
        "window.moved = []; new PerformanceObserver((list) => moved.push(...list.getEntries()))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )

    page.goto(f"{server.url}/debug-sessions/2")
    expect(page.locator(".wf-film img")).to_have_count(3)
    expect(page.get_by_text("It broke.").first).to_be_visible()
    expect(page.locator(".wf-scroll")).to_have_attribute("aria-busy", "false")

    assert page.evaluate("moved.map(({ value, sources }) => [value, sources.map(({ node }) => node?.className)])") == []


def _find_something(server: Server, *, session_id: int) -> None:
    engine = database.make_engine(f"sqlite:///{server.data_dir / 'watchwright.sqlite3'}")
    shared = {"debug_session_id": session_id}
    picture = {"kind": ArtifactKind.FRAME, "mime_type": "image/png", "size_bytes": len(PIXEL), "data": PIXEL}
    finding = {"position": 0, "kind": "K", "sentence": "It broke.", "confidence": "high", "why": "", "rests_on": []}
    with Session(engine) as db, db.begin():
        db.add_all(SessionArtifact(**shared, **picture, timestamp=STARTED, offset_ms=at) for at in (10.0, 20.0))
        db.add(Finding(**shared, **finding))
    engine.dispose()
