"""Every text of a hostile website stays text, wherever a page shows it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.accounts import HEADERS
from tests.dashboard.pages.seed import EVIL
from tests.e2e.server import Server

# The page's own policy would stop an injected script, so look for its element rather than its effect only.
INTRUDERS = """() => [...document.querySelectorAll('img[src="x"], a[href^="javascript:"], script')]
  .filter((element) => element.tagName !== "SCRIPT" || /^window.pwned=1$|pwned=1;/.test(element.textContent))
  .map((element) => element.outerHTML.slice(0, 200))"""


@pytest.fixture
def look(page: Page, server: Server) -> Iterator[Callable[[], None]]:
    """Open the hostile session's page, and return a check that no text of it became markup or ran."""
    dialogs: list[str] = []

    def heard(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)
    page.goto(f"{server.url}/debug-sessions/2")
    expect(page.locator(".wf-status")).to_contain_text("6 requests")

    def nothing_came_in() -> None:
        assert page.evaluate(INTRUDERS) == []
        assert page.evaluate("window.pwned") is None

    nothing_came_in()
    yield nothing_came_in
    nothing_came_in()
    assert dialogs == []


def test_hostile_rows_and_reason_are_text(page: Page, look: Callable[[], None]) -> None:
    expect(page.get_by_role("alert").first).to_contain_text(f"The page could not be opened: {EVIL}")
    expect(page.locator(".wf-row").first).to_contain_text("window.pwned")


def test_hostile_details_are_text(page: Page, look: Callable[[], None], subtests: pytest.Subtests) -> None:
    page.locator('.wf-row[aria-rowindex="2"]').click()

    for tab in ("Headers", "Payload", "Response", "Messages", "Cookies", "Timing", "Initiator", "Security"):
        with subtests.test(tab=tab):
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_role("tabpanel")).to_contain_text(EVIL)
            for summary in page.get_by_role("tabpanel").locator("summary").all():
                summary.click()
            look()


def test_a_picture_with_a_script_is_only_a_picture(page: Page, look: Callable[[], None]) -> None:
    page.locator(".wf-row", has=page.locator('[data-kind="img"]')).first.click()
    page.get_by_role("tab", name="Response").click()

    page.wait_for_function("document.querySelector('.wf-preview')?.naturalWidth === 8")


def test_hostile_search_hits_are_text(page: Page, look: Callable[[], None]) -> None:
    page.keyboard.press("s")
    page.keyboard.type("pwned=1</script>")
    page.keyboard.press("Enter")

    expect(page.get_by_role("complementary", name="Search").get_by_role("listitem").first).to_contain_text("pwned=1")


def test_hostile_completions_are_text(page: Page, look: Callable[[], None]) -> None:
    page.keyboard.press("/")
    page.keyboard.type("mime-type:")

    expect(page.get_by_role("option").first).to_be_visible()


def test_the_hostile_summary_is_text(page: Page, look: Callable[[], None]) -> None:
    page.keyboard.press("m")

    expect(page.get_by_role("complementary", name="Summary")).to_contain_text("Highlights")


@pytest.mark.parametrize("view", ["Console", "Compare"])
def test_the_other_views_show_hostile_text_as_text(page: Page, look: Callable[[], None], view: str) -> None:
    page.get_by_role("tab", name=view).click()

    expect(page.get_by_role("region", name=view)).to_contain_text("pwned" if view == "Console" else "new")


@pytest.mark.parametrize("path", ["/debug-sessions", "/websites/1", "/search?q=pwned"])
def test_other_pages_show_hostile_text_as_text(page: Page, server: Server, look: Callable[[], None], path: str) -> None:
    page.goto(server.url + path)

    expect(
        page.get_by_role("link", name="Acme shop").or_(page.get_by_role("heading", name="Acme shop")).first
    ).to_be_visible()


@pytest.mark.parametrize("export", ["HTML report", "SVG of the waterfall"])
def test_exported_files_run_nothing(
    page: Page, browser: Browser, look: Callable[[], None], tmp_path: Path, export: str
) -> None:
    page.get_by_role("button", name="Export the waterfall").click()
    with page.expect_download() as saving:
        page.get_by_role("menuitem", name=export).click()
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    opened = browser.new_page()
    opened.goto(file.as_uri())

    assert "Watchwright" in file.read_text()
    assert opened.evaluate(INTRUDERS) == []
    assert opened.evaluate("window.pwned") is None
    opened.close()


def test_the_report_of_the_api_runs_nothing(
    page: Page, browser: Browser, server: Server, look: Callable[[], None]
) -> None:
    answer = page.request.get(f"{server.url}/api/v1/debug-sessions/2/html", headers=HEADERS)
    opened = browser.new_page()
    opened.set_content(answer.text())

    assert "pwned" in answer.text()
    assert opened.evaluate(INTRUDERS) == []
    assert opened.evaluate("window.pwned") is None
    opened.close()
