"""The overview in a browser: it lists, follows, filters, pauses and deletes."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import DowntimeWindow, MonitorCheck, MonitorStatus, Website, WebsiteState
from tests import sqlite
from tests.accounts import HEADERS, sign_in
from tests.dashboard.axe import serious_findings
from tests.e2e.server import Server

WEBSITES = 1_000
ON_SCREEN = 60  # rows that may be in the document at once
WHY = "The server returned status 503; expected 200 to 399."


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a store of a thousand paused websites, and one that is down."""
    data_dir = tmp_path_factory.mktemp("watchwright") / "data"
    data_dir.mkdir()
    _fill(data_dir)
    with Server(data_dir=data_dir) as server:
        yield server


def _fill(data_dir: Path) -> None:
    sqlite.new_store(data_dir / "watchwright.sqlite3")
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
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
        check = {"website_id": down.id, "status": MonitorStatus.DOWN, "error_message": WHY, "checked_at": now}
        db.add_all([MonitorCheck(**check), WebsiteState(**check, known_since=now, known_until=now)])
    engine.dispose()


def test_down_websites_are_in_the_headline_and_first(page: Page, full: Server) -> None:
    page.goto(full.url)

    expect(page.get_by_role("heading", level=1)).to_have_text("<b>Aperture</b> is down")
    expect(page.get_by_role("table", name="Websites").get_by_role("row").nth(1)).to_contain_text("<b>Aperture</b>")
    expect(page).to_have_title(re.compile(r"^\(1 down\) "))
    expect(page.locator("link[rel~=icon]").last).to_have_attribute("href", re.compile("favicon-down"))


def test_a_row_shows_cause_and_start_of_downtime_also_on_a_phone(clocked_page: Page, full: Server) -> None:
    clocked_page.clock.set_fixed_time(utc_now() + timedelta(hours=2, minutes=51))
    clocked_page.set_viewport_size({"width": 390, "height": 844})

    clocked_page.goto(full.url)

    row = clocked_page.locator(".wl-is-down")
    why = row.locator("small")
    expect(row).to_contain_text(re.compile("for 2 h 5[12] min"))
    expect(why).to_contain_text(re.compile("status 503|refused"))  # the seeded reason, or that of its next check
    assert why.evaluate("it => it.scrollHeight <= it.clientHeight"), "all of it is in sight"
    rows = clocked_page.locator(".wl-row:not(.wl-head)")
    tops = rows.evaluate_all(
        "all => all.slice(0, 3).map((it) => it.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom])"
    )
    assert tops[0][1] == pytest.approx(tops[1][0], abs=1)


def test_a_rows_tooltip_follows_the_pointer(page: Page, full: Server) -> None:
    page.goto(full.url)
    link = page.locator(".wl-is-down a")

    for cell, told in ((".wl-beats svg", "no check"), (".wl-at", "UTC"), (".wl-name", "http://127.0.0.1:9/down")):
        page.locator(f".wl-is-down {cell}").hover(force=True)  # the row's link covers all of it

        expect(link).to_have_attribute("title", re.compile(told))


def test_rows_are_rendered_when_scrolled_to(page: Page, full: Server) -> None:
    page.goto(full.url)
    table = page.get_by_role("table", name="Websites")
    expect(table).to_have_attribute("aria-rowcount", str(WEBSITES + 2))

    assert table.get_by_role("row").count() < ON_SCREEN

    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.get_by_role("link", name=f"Website {WEBSITES} ")).to_be_in_viewport()
    expect(table.get_by_role("columnheader", name="30 d")).to_be_in_viewport(ratio=1)
    assert table.get_by_role("row").count() < ON_SCREEN


def test_a_filter_is_in_the_url(page: Page, full: Server) -> None:
    page.goto(full.url)

    page.get_by_role("searchbox").fill("website 77")
    expect(page).to_have_url(re.compile(r"q=website\+77$"))
    page.goto(page.url)

    found = page.get_by_role("table", name="Websites").get_by_role("row")
    expect(found).to_have_count(1 + 19)  # 77, 177, 277 … and 770 to 779


def test_an_unused_tag_stays_chosen(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?tag=gone")

    expect(page.get_by_role("combobox", name="Filter by tag")).to_have_value("gone")
    expect(page.get_by_text("No websites match the filters.")).to_be_visible()


def test_an_empty_result_offers_to_show_all(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=nowhere")

    page.get_by_role("button", name="Clear filters").click()

    expect(page.get_by_role("table", name="Websites")).to_have_attribute("aria-rowcount", str(WEBSITES + 2))


def test_a_deletion_can_be_undone(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+500")
    row = page.get_by_role("row", name=re.compile("Website 500"))

    page.get_by_role("checkbox", name="Select Website 500").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(row).to_have_count(1)


@pytest.mark.parametrize(
    ("name", "browser_does"),
    [
        ("Website 499", ""),
        ("Website 498", 'addEventListener("load", () => addEventListener("beforeunload", () => socket.disconnect()));'),
    ],
    ids=["with its line", "without, as in Firefox"],
)
def test_leaving_the_page_performs_a_pending_deletion(page: Page, full: Server, name: str, browser_does: str) -> None:
    page.add_init_script(browser_does)
    page.goto(f"{full.url}/?q={name}")
    page.get_by_role("checkbox", name=f"Select {name}").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Undo").wait_for()

    page.get_by_role("link", name="Maintenance").click()
    page.wait_for_url("**/maintenance")
    page.goto(f"{full.url}/?q={name}")

    expect(page.get_by_role("button", name="Clear filters")).to_be_visible()


def test_a_slow_bulk_action_shows_its_progress(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+44")
    page.get_by_role("checkbox", name="Select Website 441").check()
    page.get_by_role("checkbox", name="Select Website 442").check()

    with closing(sqlite3.connect(full.data_dir / "watchwright.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")  # as another program might lock the store
        page.get_by_label("Tag for the selected websites").fill("late")
        page.get_by_role("button", name="Add tag").click()
        expect(page.locator(".wl-selected").get_by_text("Tagging 2 websites …")).to_be_visible()
        other.rollback()

    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".wl-selected").get_by_text("Tagging 2 websites …")).to_have_count(0)


def test_a_bulk_action_is_announced_and_can_be_undone(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+45")
    tag, adding = page.get_by_label("Tag for the selected websites"), page.get_by_role("button", name="Add tag")
    tagged = page.get_by_title("Only backed up")
    page.get_by_role("checkbox", name="Select Website 451").check()
    tag.fill("Backed Up")
    adding.click()
    expect(page.locator(".wl-selected").get_by_text("Tagged 1 website “backed up”.")).to_be_visible()
    expect(tagged).to_have_count(1)
    page.get_by_role("checkbox", name="Select Website 452").check()
    tag.fill("backed up")
    adding.click()
    expect(page.locator(".wl-selected").get_by_text("Tagged 2 websites “backed up”.")).to_be_visible()
    expect(tagged).to_have_count(2)

    page.get_by_role("button", name="Undo").click()

    expect(tagged).to_have_count(1)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    tag.fill("backed up")
    page.get_by_role("button", name="Remove tag").click()
    expect(tagged).to_have_count(0)


def test_all_rows_are_printed_and_removed_afterwards(page: Page, full: Server) -> None:
    page.goto(full.url)
    links = page.locator("a.wl-link")
    expect(links.first).to_be_visible()

    rows = int(page.get_by_role("table", name="Websites").get_attribute("aria-rowcount") or 0)

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.evaluate("dispatchEvent(new Event('scroll'))")  # paper has another height
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(links).to_have_count(rows - 1)  # without the header row
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    expect(links.nth(ON_SCREEN)).to_have_count(0)


def test_the_filter_ignores_word_order_and_case(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=778+website&status=paused")
    links = page.locator("a.wl-link")
    expect(links).to_have_count(1)

    page.goto(f"{full.url}/?q=website+778&status=nonsense")

    expect(links).to_have_count(1)
    expect(page.get_by_role("button", name="All", exact=False).first).to_have_attribute("aria-pressed", "true")


def test_of_many_tags_one_is_shown_with_a_count(page: Page, full: Server) -> None:
    names = ("eu", "shop", "a client")
    page.goto(f"{full.url}/?q=website+777")
    page.get_by_role("checkbox", name="Select Website 777").check()
    for name in names:
        page.get_by_label("Tag for the selected websites").fill(name)
        page.get_by_role("button", name="Add tag").click()
        expect(page.locator(".wl-selected").get_by_text(f"Tagged 1 website “{name}”.")).to_be_visible()

    expect(page.get_by_title("a client, eu, shop")).to_have_text("+2")

    for name in names:  # other tests expect websites without tags
        page.get_by_label("Tag for the selected websites").fill(name)
        page.get_by_role("button", name="Remove tag").click()
        expect(page.get_by_title(f"Only {name}")).to_have_count(0)


def test_changes_by_another_page_appear(page: Page, browser: Browser, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+321")
    other = browser.new_page()
    sign_in(other.context)
    other.goto(f"{full.url}/?q=website+321")

    other.get_by_role("checkbox", name="Select Website 321").check()
    other.get_by_role("button", name="Resume").click()

    expect(page.get_by_role("row", name=re.compile("Website 321")).get_by_text("Paused")).to_have_count(
        0, timeout=3_000
    )


def test_status_changes_are_announced_to_screen_readers(page: Page, full: Server) -> None:
    page.goto(full.url)
    news = page.locator(".wl > [role=status]").first
    expect(page.get_by_role("heading", level=1)).to_have_text("<b>Aperture</b> is down")
    expect(news).to_have_text("")  # the heading announces it
    address = f"{full.url}/api/v1/websites/{WEBSITES + 1}"

    httpx.patch(address, json={"is_active": False}, headers=HEADERS).raise_for_status()
    expect(news).to_have_text("<b>Aperture</b> is no longer down")
    httpx.patch(address, json={"is_active": True}, headers=HEADERS).raise_for_status()

    expect(news).to_have_text("<b>Aperture</b> is down")


def test_at_200_percent_zoom_the_session_button_is_visible(page: Page, full: Server) -> None:
    for width in (641, 683, 720):  # the widths of windows of 1,366 and 1,440 pixels at 200 % zoom
        page.set_viewport_size({"width": width, "height": 450})
        page.goto(full.url)

        start = page.get_by_role("button", name=re.compile("^Start debug session of ")).first
        start.scroll_into_view_if_needed()
        expect(start).to_be_in_viewport(ratio=1)


def test_status_filters_do_not_overlap_on_a_phone(page: Page, full: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(full.url)
    choices = page.get_by_role("group", name="Filter by status")
    expect(choices).to_be_visible()

    choices.evaluate("group => group.style.maxWidth = '90px'")  # as if there were more choices

    assert (
        choices.get_by_role("button").evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth)")
        == []
    )
    assert choices.evaluate("group => group.scrollWidth > group.clientWidth")


def test_on_a_phone_rows_are_selected_by_tapping(page: Page, full: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{full.url}/?q=website+47")
    bar, row = page.locator(".wl-selected"), page.get_by_role("link", name="Website 471")
    expect(page.get_by_role("checkbox", name="Select Website 471")).to_be_hidden()

    page.get_by_role("button", name="Select", exact=True).click()
    row.click()
    page.get_by_role("checkbox", name="Select Website 472").check()
    expect(bar).to_contain_text("2 websites selected")
    page.set_viewport_size({"width": 320, "height": 700})
    assert bar.evaluate("one => one.scrollWidth <= one.clientWidth")
    bar.get_by_role("button", name="Pause").click()

    expect(bar).to_contain_text("Paused 2 websites.")
    done = page.get_by_role("button", name="Done")
    assert done.get_attribute("aria-pressed") is None  # its name states the mode; "Done, pressed" would mean it is over
    done.click()
    row.click()
    expect(page).to_have_url(re.compile(r"/websites/471$"))


def test_span_order_and_groups_are_in_the_url(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=/77")

    page.get_by_role("button", name="30 d").first.click()
    page.get_by_role("columnheader", name="Website").get_by_role("button").click()
    page.get_by_role("columnheader", name="Website").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"span=30d&sort=-name$"))
    page.reload()

    expect(page.get_by_role("button", name="30 d").first).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("table", name="Websites").get_by_role("row").nth(1)).to_contain_text("Website 779")
    expect(page.get_by_role("columnheader", name="Last 30 d")).to_be_visible()
    expect(page.get_by_label("60 spans: 0 up, 0 degraded, 0 down").first).to_be_visible()


def test_selected_websites_are_tagged_and_grouped(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+88")

    page.get_by_role("checkbox", name="Select Website 881").check()
    page.get_by_role("checkbox", name="Select Website 882").check()
    page.get_by_label("Tag for the selected websites").fill("Shop")
    page.get_by_role("button", name="Add tag").click()
    page.get_by_role("button", name="Group by tag").click()

    table = page.get_by_role("table", name="Websites")
    expect(table.get_by_role("row").nth(1)).to_have_text("shop 2 websites")
    expect(table.get_by_role("row").nth(4)).to_contain_text("untagged")
    page.get_by_label("Tag for the selected websites").fill("shop")
    page.get_by_role("button", name="Remove tag").click()
    expect(page.get_by_role("button", name="Group by tag")).to_have_count(0)


def test_a_tag_is_deleted_with_its_websites_after_a_list_of_all(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+86")
    for number in (861, 862):
        page.get_by_role("checkbox", name=f"Select Website {number}").check()
    page.get_by_label("Tag for the selected websites").fill("acme")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_text("Tagged 2 websites “acme”.")).to_have_count(2)  # one for screen readers
    page.goto(f"{full.url}/?tag=acme")

    page.get_by_role("button", name="Delete tag and websites").click()
    dialog = page.get_by_role("dialog", name="Delete the tag acme with 2 websites?")
    expect(dialog).to_contain_text("2 websites with all checks, downtime windows")
    expect(dialog).to_contain_text("Website 861, Website 862")
    assert serious_findings(page) == []
    dialog.get_by_role("button", name="Delete tag and websites").click()

    page.wait_for_url(f"{full.url}/")
    page.get_by_role("searchbox", name="Filter websites").fill("website 86")
    expect(page.get_by_role("link", name="Website 863")).to_be_visible()
    expect(page.get_by_role("link", name="Website 861")).to_have_count(0)


def test_each_status_filter_shows_its_count(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=/77")

    expect(page.get_by_role("button", name="All 11")).to_be_visible()  # 77 and 770 to 779
    expect(page.get_by_role("button", name="Paused 11")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^Down \d"))).to_have_count(0)
    expect(page.get_by_text(re.compile(r"of (1,0\d\d|99\d) websites"))).to_be_visible()  # other tests delete some
    page.get_by_role("searchbox", name="Filter websites").fill("")
    expect(page.get_by_role("button", name=re.compile(r"^Down \d"))).to_be_visible()


def test_selected_websites_are_edited_together(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+33")
    for number in (331, 332):
        page.get_by_role("checkbox", name=f"Select Website {number}").check()

    for typed, told in (("300", "Now 60 s."), ("900", "Now 300 s.")):
        page.get_by_role("button", name="Edit", exact=True).click()
        dialog = page.get_by_role("dialog", name="Edit 2 websites")
        interval = dialog.get_by_label("Check every (seconds)")
        expect(interval).to_have_accessible_description(told)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("alert").filter(has_text="Change at least one field")).to_be_visible()
        interval.fill("abc")
        dialog.get_by_role("button", name="Save").click()
        expect(interval).to_have_accessible_description(re.compile("whole number"))
        interval.fill(typed)
        dialog.get_by_role("button", name="Save").click()
        expect(page.locator(".wl-report")).to_contain_text("Changed 2 websites.")
        expect(dialog).to_have_count(0)

    def changed() -> dict[str, int]:
        now = httpx.get(f"{full.url}/api/v1/websites?q=/33&page_size=20", headers=HEADERS).json()["items"]
        return {one["name"]: one["check_interval"] for one in now if one["check_interval"] != 60}

    assert changed() == {"Website 331": 900, "Website 332": 900}

    items = httpx.get(f"{full.url}/api/v1/websites?q=/332&page_size=1", headers=HEADERS).json()["items"]
    httpx.patch(f"{full.url}/api/v1/websites/{items[0]['id']}", headers=HEADERS, json={"check_interval": 120})
    page.get_by_role("button", name="Undo").click()
    expect(
        page.get_by_text(
            "Not undone on Website 332: these values were changed since, or the former ones no longer fit."
        )
    ).to_be_visible()
    expect(page.locator(".wl-report")).to_have_count(0)
    expect(page.locator(".wl-selected").get_by_text("Undoing")).to_have_count(0)
    assert changed() == {"Website 331": 300, "Website 332": 120}


def test_j_enters_the_list_and_going_back_returns_to_the_row(page: Page, full: Server) -> None:
    page.goto(full.url)
    rows = page.get_by_role("table", name="Websites").get_by_role("link")
    expect(rows.nth(1)).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    name = rows.nth(1).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name, level=1, exact=True)).to_be_visible()
    page.go_back()

    expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()


def test_rows_can_be_used_by_keyboard(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=/99")
    expect(page.get_by_role("link", name="Website 990")).to_be_visible()

    page.keyboard.press("f")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="Select Website 990")).to_be_checked()
    expect(page.locator(".wl > [role=status]").last).to_have_text("1 website selected")
    page.keyboard.press("a")
    expect(page.get_by_role("group", name="Selected websites").get_by_role("button", name="Check now")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Website 990")).to_be_focused()
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Website 999")).to_be_focused()
    row, bar = page.get_by_role("row", name="Website 999").bounding_box(), page.locator(".wl-selected").bounding_box()
    assert row and bar and row["y"] + row["height"] <= bar["y"]
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/websites/999$"))


def test_clearing_the_selection_by_key_moves_the_focus_to_the_list(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/?q=website+46")
    page.get_by_role("checkbox", name="Select Website 461").check()
    page.get_by_role("button", name="Clear").focus()

    page.keyboard.press("Enter")

    expect(page.get_by_role("checkbox", name="Select all shown")).to_be_focused()


def test_adding_the_first_website_by_key_moves_the_focus_to_the_list(page: Page, tmp_path: Path) -> None:
    with Server(data_dir=tmp_path / "data") as server:
        page.goto(server.url)
        page.get_by_label("Website address").fill("http://127.0.0.1:9/")
        page.keyboard.press("Enter")

        expect(page.get_by_role("table", name="Websites")).to_be_visible()
        expect(page.get_by_role("main")).to_be_focused()
        expect(page.get_by_role("main")).to_have_css("outline-style", "none")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Add several")).to_be_focused()

        page.goto(f"{server.url}/debug-sessions")
        box = page.get_by_role("button", name="Import HAR").bounding_box()
        assert box and box["width"] < 150


def test_several_addresses_are_added_and_refused_ones_stay(page: Page, tmp_path: Path) -> None:
    with Server(data_dir=tmp_path / "data") as server:
        page.goto(server.url)
        page.get_by_role("button", name="Add several").click()
        page.get_by_role("button", name="Add websites").click()
        expect(page.get_by_label("Addresses (one per line)")).to_be_focused()
        expect(page.get_by_label("Addresses (one per line)")).to_have_accessible_description(
            re.compile("Enter 1 to 1,000 addresses, one per line.")
        )
        page.get_by_label("Addresses (one per line)").fill("http://127.0.0.1:9/a\n\nftp://b\nhttp://127.0.0.1:9/c")
        page.get_by_label("Tags for all of them").fill("Local, eu")
        page.get_by_role("button", name="Add websites").click()

        expect(page.get_by_role("table", name="Websites").get_by_role("row")).to_have_count(3)
        expect(page.get_by_label("Addresses (one per line)")).to_have_value("ftp://b")
        expect(page.get_by_text("2 added, 1 rejected:")).to_be_visible()
        table = 'Name,URL,Tags\n"Ann, and Eve",http://127.0.0.1:9/d,"shop, local"\nBob,ftp://e,shop\nCarl,,shop'
        page.get_by_label("Addresses (one per line)").fill(table)
        page.get_by_label("Tags for all of them").fill("")
        page.get_by_role("button", name="Add websites").click()
        expect(page.get_by_role("link", name="Ann, and Eve")).to_be_visible()
        expect(page.get_by_label("Addresses (one per line)")).to_have_value(
            "Name,URL,Tags\nBob,ftp://e,shop\nCarl,,shop"
        )
        expect(page.get_by_text("1 added, 2 rejected:")).to_be_visible()
        expect(page.get_by_text("no address: Carl")).to_be_visible()
        page.set_viewport_size({"width": 1024, "height": 600})
        page.get_by_label("Addresses (one per line)").fill("\n".join(f"ftp://{number}" for number in range(30)))
        page.get_by_label("Tags for all of them").press("Enter")
        expect(page.get_by_text("and 10 more, listed above")).to_be_attached()
        page.get_by_label("Addresses (one per line)").focus()
        expect(page.get_by_role("button", name="Add websites")).to_be_in_viewport(ratio=1)
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("button", name="local")).to_have_count(3)

        page.get_by_role("button", name="+ Add website").click()
        expect(page.get_by_label("URL", exact=True)).to_be_focused()
        expect(page.get_by_text("The URL must start")).to_have_count(0)
