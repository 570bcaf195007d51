"""The search box and the search page in a browser."""

import re

from playwright.sync_api import Page, expect

from tests.dashboard.axe import serious_findings
from tests.dashboard.pages.seed import EVIL
from tests.e2e.server import Server


def test_slash_opens_the_search_and_a_hit_its_request(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("shop.example nginx")
    expect(page.get_by_role("option").first).to_contain_text("Acme shop, session 1")
    expect(page.get_by_role("option").first).to_contain_text(re.compile(r"2[34] Nov 2026, |2[34] Nov, "))
    assert serious_findings(page) == []
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    assert serious_findings(page) == []
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/debug-sessions/1\?row=10\d\d\.1$"))


def test_a_question_mark_lists_the_keys_except_in_fields(page: Page, server: Server) -> None:
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.goto(server.url)
    page.get_by_label("Filter websites").press("?")
    expect(page.get_by_label("Filter websites")).to_have_value("?")
    expect(keys).to_have_count(0)
    page.get_by_label("Filter websites").blur()

    page.keyboard.press("?")

    expect(keys.get_by_role("term").filter(has_text="Ctrl+K")).to_be_visible()
    expect(keys.get_by_text("Start a debug session")).to_be_visible()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)


def test_hostile_texts_are_shown_as_text(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.keyboard.press("Control+k")
    page.keyboard.type("pwned")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{server.url}/search?q=pwned")
    expect(page.get_by_text("The page could not be opened").first).to_be_visible()
    assert page.evaluate("window.pwned") is None
    assert EVIL.startswith("<img")
    assert serious_findings(page) == []


def test_escape_closes_the_search_even_with_text(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings")
    page.get_by_role("button", name="Search everything").click()
    page.keyboard.type("shop")
    expect(page.get_by_role("option").first).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog", name="Search")).to_have_count(0)
    expect(page.get_by_role("button", name="Search everything")).to_be_focused()


def test_an_empty_result_has_a_text(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/search?q=quokka")

    expect(page.get_by_text("No results")).to_be_visible()
    expect(page.get_by_label("Search for")).to_have_value("quokka")


def test_typed_words_survive_a_redraw(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/search?q=acme")
    field = page.get_by_role("searchbox", name="Search for")
    expect(field).to_have_value("acme")
    field.fill("shop")

    page.evaluate("mounted_app.$forceUpdate(), mounted_app.$nextTick()")

    expect(field).to_have_value("shop")
