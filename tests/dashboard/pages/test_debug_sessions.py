"""/debug-sessions as a person meets it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.server import Server


def test_sessions_are_listed_newest_first(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")

    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("Acme shop")
    expect(rows.nth(2)).to_contain_text("Finished")
    expect(rows.nth(2)).to_contain_text("123.5 kB")
    expect(rows.nth(1)).to_contain_text("Failed")
    assert page.evaluate("window.pwned") is None


def test_a_session_is_deleted_only_after_a_question(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")

    page.get_by_role("button", name="Delete session 3").click()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("tbody tr")).to_have_count(3)

    page.get_by_role("button", name="Delete session 3").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_without_a_session_the_page_says_what_one_is(page: Page, tmp_path: Path) -> None:
    server = Server(data_dir=tmp_path / "data")
    server.start()
    try:
        page.goto(f"{server.url}/debug-sessions")

        expect(page.get_by_role("heading", name="Nothing recorded yet")).to_be_visible()
        expect(page.get_by_role("link", name="Add a website first")).to_have_attribute("href", "/")
    finally:
        server.kill()
