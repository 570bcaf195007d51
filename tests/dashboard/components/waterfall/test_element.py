"""The waterfall in a browser, fed over the socket, with hostile rows."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from playwright.sync_api import Locator, Page, expect

from tests.dashboard.axe import serious_findings

EVIL = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


def names(page: Page) -> list[str]:
    return page.locator(".wf-row:visible .wf-name").all_text_contents()


def all_rows_are_there(page: Page) -> None:
    expect(page.get_by_role("grid")).to_have_attribute("aria-busy", "false")


def test_only_visible_rows_are_in_the_document(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=3000")
    all_rows_are_there(page)

    count = page.locator(".wf-row").count()

    assert 20 < count < 80
    assert page.get_by_role("grid").get_attribute("aria-rowcount") == "3001"


def test_the_page_contains_the_first_screen_and_the_totals(page: Page, site: str) -> None:
    page.route_web_socket("**", lambda socket: None)  # a connection that never opens

    page.goto(f"{site}/?rows=10000")

    expect(page.locator('.wf-row[aria-rowindex="30"]')).to_be_visible()
    expect(page.locator(".wf-status")).to_contain_text("10,000 requests")
    expect(page.get_by_role("grid")).to_have_attribute("aria-busy", "true")


def test_a_name_and_its_host_are_read_out_as_two_words(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=5")
    all_rows_are_there(page)

    first = page.locator(".wf-row").first
    name, host = first.locator(".wf-name").text_content(), first.locator(".wf-host").text_content()

    expect(first.get_by_role("gridcell").first).to_have_accessible_name(f"{name} {host}")


def test_names_keep_their_width_beside_the_details(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1460, "height": 900})
    page.goto(f"{site}/?rows=30")
    all_rows_are_there(page)

    page.locator(".wf-row").first.click()

    expect(page.locator(".wf-details")).to_be_visible()
    page.wait_for_function("document.querySelector('.wf-scroll').clientWidth < 1100")
    page.wait_for_function("document.querySelector('.wf-c-name').clientWidth > 180")


def test_scrolling_to_the_end_shows_the_last_row(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=3000")
    all_rows_are_there(page)

    page.get_by_role("grid").focus()
    page.keyboard.press("End")

    expect(page.locator('.wf-row[aria-rowindex="3001"]')).to_be_visible()


def test_bars_start_where_the_axis_says(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=5")
    expect(page.locator(".wf-row")).to_have_count(5)

    edges = """(row) => {
      const { backgroundPosition, backgroundSize } = getComputedStyle(row.querySelector('.wf-bars'));
      const lefts = backgroundPosition.split(',').map(parseFloat);
      const parts = backgroundSize.split(',').map(parseFloat).map((width, index) => [lefts[index], width]);
      const drawn = parts.filter(([, width]) => width > 0);
      return [Math.min(...drawn.map(([left]) => left)), Math.max(...drawn.map(([left, width]) => left + width))];
    }"""
    places = [page.locator(f'.wf-row[aria-rowindex="{index}"]').evaluate(edges) for index in range(2, 7)]

    starts = [start for start, _ in places]
    assert starts == sorted(starts)
    assert abs(starts[0]) < 2
    assert all(end > start for start, end in places)


def test_a_filter_changes_rows_totals_and_url(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=300")
    all_rows_are_there(page)

    page.keyboard.press("/")
    page.keyboard.type("resource-type:font")
    page.keyboard.press("Escape")

    expect(page.locator(".wf-status")).to_contain_text(re.compile(r"\d+ of 300 requests"))
    assert all(name.endswith(".woff2") for name in names(page))
    expect(page).to_have_url(re.compile(r"filter=resource-type%3Afont"))


def test_failed_requests_are_shown_by_a_click_or_a_key(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=300")
    all_rows_are_there(page)
    page.get_by_label("Filter requests").fill('-"a b"')

    page.get_by_role("button", name=re.compile(r"^\d+ failed$")).click()
    expect(page.get_by_label("Filter requests")).to_have_value('-"a b" is:failed')
    expect(page.get_by_role("button", name=re.compile(r"^\d+ failed$"))).to_be_focused()
    expect(page.locator(".wf-status")).to_contain_text(re.compile(r"^(\d+) of 300 requests.*\D\1 failed"))
    page.keyboard.press("f")

    expect(page.get_by_label("Filter requests")).to_have_value('-"a b"')


def test_a_link_restores_the_view(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=300&filter=is:failed&type=img&zoom=0-1000&row=1001.1")

    expect(page.get_by_label("Filter requests")).to_have_value("is:failed")
    expect(page.get_by_role("button", name="Img", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("complementary", name="Details of the request")).to_be_visible()
    assert page.locator(".wf-axis .wf-tick").last.text_content() != ""


def test_a_link_to_a_distant_row_shows_its_neighbours_too(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=10000&row=9999.1")

    row = page.locator('.wf-row[aria-selected="true"]')
    expect(row).to_have_attribute("aria-rowindex", "9001")
    expect(row).to_be_in_viewport()
    expect(page.locator('.wf-row[aria-rowindex="8995"]')).to_be_in_viewport()
    expect(page.get_by_role("tabpanel")).to_contain_text("Response headers")


def test_an_invalid_filter_is_explained(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=5")

    page.get_by_label("Filter requests").fill("status:abc")

    expect(page.get_by_role("alert")).to_have_text("“abc” is not a status: write 404, 4xx, 400-499 or >=400.")


def test_completions_are_chosen_by_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=300")
    all_rows_are_there(page)

    page.keyboard.press("/")
    page.keyboard.type("meth")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_label("Filter requests")).to_have_value("method:GET ")


def test_header_filters_ask_the_server(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=300&filter=has-response-header:etag")

    expect(page.locator(".wf-status")).to_contain_text("5 of 300 requests")


def test_details_follow_the_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=20")
    expect(page.locator(".wf-row")).to_have_count(20)
    details = page.get_by_role("complementary", name="Details of the request")

    page.get_by_role("grid").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(details).to_be_visible()
    expect(page.locator('.wf-row[aria-selected="true"]')).to_have_attribute("aria-rowindex", "3")
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(page.get_by_role("grid")).to_be_focused()


def test_keys_work_within_the_details_too(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=20")
    expect(page.locator(".wf-row")).to_have_count(20)
    page.get_by_role("grid").focus()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".wf-aside :focus")).to_have_count(1)

    page.keyboard.press("c")

    expect(page.locator(".wf-copied")).to_have_text("Copied as cURL")


def test_timing_is_described_in_words(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=20")

    page.locator(".wf-row").first.click()
    page.get_by_role("tab", name="Timing").click()

    expect(page.get_by_role("tabpanel")).to_contain_text("waited for the first byte: network round trip")
    expect(page.locator(".wf-verdict")).to_contain_text(re.compile(r"\d+% of the time it"))


def test_sorting_by_a_column_and_back(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=50")
    expect(page.locator(".wf-status")).to_contain_text("50 requests")
    first = '.wf-row[aria-rowindex="2"] .wf-name'
    by_time = page.locator(first).text_content()
    name = page.get_by_role("columnheader", name="Name")

    name.get_by_role("button").click()
    expect(name).to_have_attribute("aria-sort", "ascending")
    ascending = page.locator(first).text_content()
    name.get_by_role("button").click()
    name.get_by_role("button").click()

    assert ascending != by_time
    expect(page.locator(first)).to_have_text(by_time or "")


def test_columns_are_sorted_and_resized_by_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=30")
    expect(page.locator(".wf-row").first).to_be_visible()
    size = page.get_by_role("columnheader", name="Size")

    page.get_by_role("button", name="Name", exact=True).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(size.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(size).to_have_attribute("aria-sort", "ascending")
    before = width_of(size)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(size.get_by_role("button")).to_be_focused()
    page.wait_for_function(
        "(before) => document.querySelector('.wf-c-size.wf-h').offsetWidth >= before + 40", arg=before
    )

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(size.get_by_role("button")).to_be_focused()


def width_of(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["width"]


def test_the_current_row_is_announced_only_if_visible(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=300")
    grid = page.get_by_role("grid")
    expect(page.locator(".wf-row").first).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("j")

    expect(grid).to_be_focused()
    expect(grid).to_have_attribute("aria-activedescendant", "wf-row-2")
    expect(page.locator("#wf-row-2")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#wf-row-2").get_by_role("gridcell").last).to_have_attribute(
        "aria-label", re.compile(r"^200, starts at .* ms, takes .* ms$")
    )
    page.evaluate("document.querySelector('.wf-scroll').scrollTop = 5000")
    expect(grid).not_to_have_attribute("aria-activedescendant", re.compile(".*"))


def test_a_hidden_column_stays_hidden_after_a_reload(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=5")

    page.get_by_role("button", name="Columns").click()
    page.get_by_role("menuitemcheckbox", name="Method").click()
    page.get_by_role("menuitemcheckbox", name="Protocol").click()
    page.reload()

    expect(page.get_by_role("columnheader", name="Protocol")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Method")).to_have_count(0)


def test_dragging_over_the_overview_zooms_and_a_double_click_shows_all(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=60")
    overview = page.locator(".wf-overview")
    box = overview.bounding_box()
    assert box
    expect(page.locator(".wf-status")).to_contain_text("60 requests")

    page.mouse.move(box["x"] + 200, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 30, steps=4)
    page.mouse.up()

    expect(page.locator(".wf-brush")).to_be_visible()
    brush = page.locator(".wf-brush").bounding_box()
    assert brush
    assert abs(brush["width"] - 200) < 4
    overview.dblclick(position={"x": 300, "y": 30})
    expect(page.locator(".wf-brush")).to_be_hidden()


def test_live_rows_are_followed_until_the_reader_scrolls(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=3000&live=200")
    expect(page.locator(".wf-status")).to_contain_text(re.compile(r"\d{3} requests"), timeout=15_000)
    left = page.get_by_role("grid").evaluate("(grid) => grid.scrollHeight - grid.scrollTop - grid.clientHeight")
    assert left < 30

    page.get_by_role("grid").hover()
    page.mouse.wheel(0, -800)
    news = page.locator(".wf-news")

    expect(news).to_be_visible()
    expect(news).to_have_text(re.compile(r"\d+ new rows"))
    news.click()
    expect(news).to_be_hidden()


def test_search_lists_hits_that_open_their_row(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=20")
    expect(page.locator(".wf-row")).to_have_count(20)

    page.keyboard.press("s")
    page.keyboard.type("needle")
    page.keyboard.press("Enter")

    expect(page.locator(".wf-search mark")).to_have_text("needle")
    page.locator(".wf-search li button").click()
    expect(page.get_by_role("tab", name="Response")).to_have_attribute("aria-selected", "true")


def test_captured_text_is_never_markup(page: Page, site: str) -> None:
    page.goto(f"{site}/?hostile=true")
    expect(page.locator(".wf-row")).to_have_count(20)

    page.locator('.wf-row[aria-rowindex="2"]').click()
    for tab in ("Headers", "Payload", "Response", "Messages", "Cookies", "Timing", "Initiator", "Security"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        assert page.locator(".wf-details img, .wf-details script, .wf-details a").count() == 0

    expect(page.locator(".wf-facts")).to_contain_text(EVIL)
    assert page.locator(".wf-row img, .wf-row a, .wf-row script").count() == 0
    assert page.evaluate("window.pwned") is None


def test_graphql_is_named(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=5")

    page.locator(".wf-row").first.click()
    page.get_by_role("tab", name="Payload").click()

    expect(page.get_by_role("tabpanel")).to_contain_text("Evil")
    expect(page.get_by_role("tabpanel")).to_contain_text("Variables")


def test_a_phone_has_room_for_name_status_time_and_bar(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/?rows=60")
    expect(page.locator(".wf-status")).to_contain_text("60 requests")

    titles = page.locator(".wf-h button").all_text_contents()

    assert titles == ["Name", "Status", "Time"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_hash_wraps_on_a_phone(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/?rows=5")

    page.locator(".wf-row").first.click()
    page.get_by_role("tab", name="Response").click()

    note = page.locator(".wf-note", has_text="SHA-256")
    assert note.evaluate("note => note.scrollWidth <= note.clientWidth")


def test_a_finding_of_the_summary_shows_its_rows(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=300")
    all_rows_are_there(page)

    page.keyboard.press("m")
    page.get_by_role("complementary", name="Summary").get_by_role("button", name="Failed").click()

    expect(page.locator(".wf-only")).to_have_text("7 rows: Failed")
    expect(page.locator(".wf-status")).to_contain_text("7 of 300 requests")
    page.get_by_role("button", name="Show all rows").click()
    all_rows_are_there(page)


def test_a_row_is_copied_as_curl(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/?rows=5")

    page.locator(".wf-row").first.click()
    page.get_by_role("button", name="Copy as cURL").click()

    expect(page.locator(".wf-copied")).to_have_text("Copied as cURL")
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl \\\n  --url 'https://evil.example/")


def test_a_body_is_copied_and_saved_under_its_own_name(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/?rows=5")
    page.locator(".wf-row").nth(1).click()
    page.get_by_role("tab", name="Response").click()

    page.get_by_role("button", name="Copy body").click()
    expect(page.get_by_text("Body copied")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save body").click()

    assert page.evaluate("navigator.clipboard.readText()") == saving.value.path().read_text() != ""
    assert saving.value.suggested_filename


def test_the_html_report_is_self_contained_and_runs_nothing(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}/?hostile=true")
    expect(page.locator(".wf-row")).to_have_count(20)

    page.get_by_role("button", name="Export the waterfall").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="HTML report").click()
    download.value.save_as(tmp_path / "report.html")
    page.goto((tmp_path / "report.html").as_uri())

    expect(page.locator("tbody tr")).to_have_count(20)
    expect(page.locator("svg")).to_be_visible()
    assert page.locator("script, img, a, iframe").count() == 0
    assert page.evaluate("window.pwned") is None


def test_the_svg_export_is_valid_for_hostile_text(page: Page, site: str) -> None:
    page.goto(f"{site}/?hostile=true")
    expect(page.locator(".wf-row")).to_have_count(20)

    page.get_by_role("button", name="Export the waterfall").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG of the waterfall").click()
    text = download.value.path().read_text()

    root = ET.fromstring(text)
    assert len(root.findall("{http://www.w3.org/2000/svg}rect")) > 20
    assert root.findall(".//{http://www.w3.org/2000/svg}script") == []


def test_the_picture_can_be_exported_as_png(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=20")
    expect(page.locator(".wf-row")).to_have_count(20)

    page.get_by_role("button", name="Export the waterfall").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="PNG of the waterfall").click()

    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    expect(page.get_by_role("menu", name="Export the waterfall")).to_be_hidden()
    expect(page.get_by_role("button", name="Export the waterfall")).to_be_focused()


def test_no_panel_has_a_serious_finding_of_axe(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=60")
    expect(page.locator(".wf-status")).to_contain_text("60 requests")

    for key, panel in (("m", "Summary"), ("s", "Search")):
        page.keyboard.press(key)
        expect(page.get_by_role("complementary", name=panel)).to_be_visible()
        assert [finding for finding in serious_findings(page) if "wf-" in finding] == [], panel
        page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert [finding for finding in serious_findings(page) if "wf-" in finding] == []


def test_everything_can_be_done_by_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}/?rows=60")
    expect(page.locator(".wf-status")).to_contain_text("60 requests")

    page.keyboard.press("/")
    page.keyboard.type("resource-type:script")
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel")).to_contain_text("Response headers")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "tab":
            break
    page.keyboard.press("ArrowRight")

    expect(page.get_by_role("tab", name="Payload")).to_be_focused()
    expect(page.get_by_role("tab", name="Payload")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("grid")).to_be_focused()
    expect(page.locator(".wf-row:visible .wf-icon").first).to_have_text("JS")
