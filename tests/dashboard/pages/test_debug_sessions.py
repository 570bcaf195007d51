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
        expect(page.get_by_label("Address to open")).to_be_visible()
    finally:
        server.kill()


def test_a_session_is_pinned_and_found_by_it(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")

    page.get_by_role("button", name="Pin session 2").click()
    expect(page.get_by_role("button", name="Pin session 2")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Only").select_option("Pinned ones")

    expect(page).to_have_url(f"{server.url}/debug-sessions?only=pinned")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_filters_are_the_address_and_nonsense_in_it_is_left_out(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions?state=FAILED&why=nonsense&website=99999999999999999999")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_label("State", exact=True)).to_have_value("FAILED")
    page.goto(f"{server.url}/debug-sessions?website=77")
    expect(page.get_by_text("No debug session matches.")).to_be_visible()


def test_a_session_of_an_address_that_is_not_watched_gets_a_paused_website(page: Page, tmp_path: Path) -> None:
    server = Server(data_dir=tmp_path / "data")
    server.start()
    try:
        page.goto(f"{server.url}/debug-sessions")
        page.get_by_label("Address to open").fill(f"{server.url}/healthz")
        page.get_by_role("button", name="Start debug session").click()

        expect(page.get_by_text("is not watched: it was added as a paused website")).to_be_visible()
        expect(page).to_have_url(f"{server.url}/debug-sessions/1")
        page.goto(server.url)
        expect(page.get_by_role("heading", name="Everything is paused")).to_be_visible()
    finally:
        server.kill()
