"""/downtime/{id} in a browser."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import MonitorStatus
from core.monitoring.record import record
from tests import sqlite
from tests.accounts import HEADERS, sign_in
from tests.dashboard.axe import serious_findings
from tests.dashboard.windows import CAUSE, make_outage
from tests.e2e.server import Server
from tests.factories import NOON, make_check, make_website, make_window
from tests.probe_results import BAD, GOOD, judged_check

ONLY_WITHIN_A_PRESS = """for (const name of ["write", "writeText"]) { // as Safari has it
  const allowed = navigator.clipboard[name];
  navigator.clipboard[name] = function (...given) {
    return window.event?.type === "click" ? allowed.apply(this, given) : Promise.reject(new Error("not allowed"));
  };
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Watchwright with windows 1 (over, all evidence), 2 (open), 3 (by hand), 4 (by regions), 5 (of one hour), 6.

    Window 6 spans a change of the clocks.
    """
    data_dir = tmp_path_factory.mktemp("watchwright") / "data"
    data_dir.mkdir()
    sqlite.new_store(data_dir / "watchwright.sqlite3")
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        make_outage(db, utc_now() - timedelta(hours=5))
        make_outage(db, utc_now() - timedelta(minutes=4), minutes=None)
        make_window(db, make_website(db, is_active=False), started_at=utc_now() - timedelta(days=1))
        seen_by_two_of_three(db)
        down_for_an_hour(db)
        down_while_clocks_are_changed(db)
    engine.dispose()
    with Server(data_dir=data_dir) as server:
        yield server


def seen_by_two_of_three(db: Session) -> None:
    # A long interval, so that these results stay recent during all tests.
    website = make_website(db, regions=["eu", "us", "ap"], check_interval=3_600)
    ago = (utc_now() - NOON).total_seconds() - 60
    for number in range(3):
        bad = [judged_check(website.id, ago + 5 * number, BAD, region=region) for region in ("eu", "us")]
        record(db, [*bad, judged_check(website.id, ago + 5 * number, GOOD, region="ap")])
    website.is_active = False  # so that no check is run


def down_while_clocks_are_changed(db: Session) -> None:
    website, since = make_website(db, is_active=False), datetime(2026, 10, 24, 10, tzinfo=UTC)
    make_window(db, website, started_at=since, ended_at=since + timedelta(days=2))
    make_check(db, website, status=MonitorStatus.DOWN, checked_at=since)


def down_for_an_hour(db: Session) -> None:
    website, since = make_website(db, is_active=False), utc_now() - timedelta(hours=1)
    make_window(db, website, started_at=since)
    for minute in range(60):
        at = since + timedelta(minutes=minute)
        make_check(db, website, status=MonitorStatus.DOWN, checked_at=at, http_status_code=500 + minute)


def test_checks_are_paged_and_the_url_and_title_follow(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/5")
    rows = page.get_by_role("table", name="Monitor checks, newest first").locator("tbody tr")
    expect(rows).to_have_count(25)
    expect(page).to_have_title(re.compile(r"^\(down\) Downtime of "))

    page.get_by_role("button", name="Older").click()
    expect(rows.first).to_contain_text("534")
    page.reload()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    page.go_back()

    expect(rows.first).to_contain_text("559")


def test_regions_that_saw_the_failure_are_named(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/4")

    expect(page.locator(".ww-lead-words")).to_contain_text("Down in eu and us, up in ap.")
    expect(page.get_by_text("Seen by eu (3 checks) and us (3 checks)")).to_be_visible()
    page.locator(".ww-title .ww-crumb").nth(1).click()
    rows = page.get_by_role("region", name="Regions").get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Down")
    page.get_by_role("group", name="Filter by region").get_by_role("button", name="ap").click()
    expect(page.get_by_role("table", name="Monitor checks, newest first").locator("tbody tr")).to_have_count(3)
    assert "region=ap" in page.url
    assert serious_findings(page) == []


def test_the_cause_comes_first_and_is_text(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/1")

    expect(page.locator(".ww-lead-words")).to_have_text(f"Acme shop was down for 10 min. {CAUSE}")
    expect(page.locator(".ww-findings li").first).to_contain_text("Certain")
    expect(page.locator(".ww-findings li").first).to_contain_text("Next: Check that all files of the deploy")
    assert page.evaluate("window.pwned") is None


def test_times_have_the_charts_format_and_another_years_number(clocked_page: Page, server: Server) -> None:
    clocked_page.clock.set_fixed_time(utc_now() + timedelta(days=366))
    clocked_page.goto(f"{server.url}/downtime/1")

    started = clocked_page.locator("time[title$=UTC]").first
    year = (started.get_attribute("datetime") or "")[:4]
    expect(started).to_have_text(re.compile(rf"^\d{{1,2}} [A-Z][a-z]{{2}} {year}, \d\d:\d\d:\d\d$"))


def test_the_waterfall_opens_at_the_failing_row(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/1")

    seen = page.get_by_role("region", name="Network waterfall")
    expect(seen.get_by_role("complementary", name="Details of the request")).to_contain_text("app.2.js")
    expect(seen.get_by_role("link", name="Open session")).to_have_attribute("href", re.compile(r"row=app\.2\.js"))


def test_a_finding_leads_to_its_request(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/1")
    details = page.get_by_role("complementary", name="Details of the request")
    details.get_by_role("button", name="Close").click()
    expect(details).to_be_hidden()

    page.locator(".ww-findings summary").first.click()
    page.get_by_role("link", name="The request").click()

    expect(details).to_contain_text("app.2.js")


def test_the_sessions_page_shows_the_same_findings(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions/2")
    strip = page.locator(".ww-strip")
    expect(strip.locator("summary").first).to_contain_text("Certain")

    strip.locator("summary").first.click()
    strip.get_by_text("Evidence").first.click()
    assert serious_findings(page) == []
    strip.get_by_role("link", name="The request").click()

    expect(page.get_by_role("complementary", name="Details of the request")).to_contain_text("app.2.js")


def test_good_and_failing_session_are_compared(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/1")

    phases = page.get_by_role("region", name="Phases")
    expect(phases.get_by_role("row", name="Waiting")).to_contain_text("90 ms")
    expect(phases.get_by_role("row", name="Waiting")).to_contain_text("1.25 s")
    expect(page.get_by_role("img", name="The last good session")).to_be_visible()
    expect(page.get_by_role("img", name="While it was failing")).to_be_visible()
    expect(page.get_by_text("Highlight changes: 0.0% of the picture")).to_be_visible()
    expect(page.get_by_role("region", name="Debug sessions").get_by_role("link")).to_contain_text(["Fault found"])


def test_arrow_keys_go_through_the_events(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/1")

    axis = page.get_by_role("group", name=re.compile("time axis"))
    axis.focus()
    page.keyboard.press("ArrowRight")

    expect(axis.get_by_role("status")).to_contain_text("last good check")


def test_a_window_without_events_has_no_axis(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/3")

    expect(page.get_by_text("No checks are stored")).to_be_visible()
    expect(page.locator(".wa")).to_be_hidden()


def test_ticks_are_round_after_a_clock_change_too(browser: Browser, server: Server) -> None:
    with browser.new_context(timezone_id="Europe/Berlin") as context:
        sign_in(context)
        page = context.new_page()
        page.goto(f"{server.url}/downtime/6")

        times = page.locator(".wa-times time")

        after = [f"{day} Oct, {hour}" for day in (25, 26) for hour in ("00:00", "12:00")]
        expect(times).to_have_text(["24 Oct, 12:00", *after])


@pytest.mark.parametrize(
    ("path", "is_compared"), [("/downtime/1", True), ("/downtime/3", False)], ids=["compared", "not compared"]
)
def test_cards_have_their_contents_height_in_independent_columns(
    page: Page, server: Server, path: str, is_compared: bool
) -> None:
    page.set_viewport_size({"width": 1_440, "height": 900})
    page.goto(f"{server.url}{path}")
    names = ("Root cause and notes", "Phases", "Debug sessions", "Notifications")

    words, phases, sessions, sent = (page.get_by_label(name, exact=True).bounding_box() for name in names)
    unused = page.locator(".ww-stack > .ww-card").evaluate_all(
        "all => all.map((it) => it.getBoundingClientRect().bottom - it.lastElementChild.getBoundingClientRect().bottom)"
    )

    assert words and phases and sessions and sent
    assert words["y"] == sessions["y"]
    above = phases if is_compared else sessions  # the comparison takes the room of the phases
    assert phases["x"] == (sessions if is_compared else words)["x"]
    assert sent["x"] == sessions["x"]
    assert sent["y"] - above["y"] - above["height"] == pytest.approx(14, abs=1)
    assert max(unused) < 20


def test_notes_are_stored_without_changing_the_cause(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/2")
    page.get_by_role("textbox", name="Notes").fill("Rolled back at noon.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    page.reload()

    expect(page.get_by_role("textbox", name="Notes")).to_have_value("Rolled back at noon.")
    expect(page.locator(".ww-lead-words")).to_contain_text("has been down for")


def test_only_a_cause_that_a_person_gave_is_in_the_form(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/2")
    cause, lead = page.get_by_role("textbox", name="Root cause"), page.locator(".ww-lead-words")
    expect(lead).to_contain_text("The page has failed since a deploy")
    expect(cause).to_have_value("")

    cause.fill("A full disk.")
    page.get_by_role("button", name="Save").click()
    expect(lead).to_contain_text("A full disk.")
    page.reload()

    expect(cause).to_have_value("A full disk.")


def test_other_peoples_text_appears_and_is_not_overwritten(page: Page, server: Server) -> None:
    other = page.context.new_page()
    for one in (page, other):
        one.goto(f"{server.url}/downtime/3")
        expect(one.get_by_role("textbox", name="Notes")).to_have_value("")
    page.get_by_role("textbox", name="Notes").fill("I restart the pool.")

    other.get_by_role("textbox", name="Notes").fill("The provider is told: 4711.")
    other.get_by_role("textbox", name="Root cause").fill("No disk.")
    other.get_by_role("button", name="Save").click()

    expect(page.get_by_role("textbox", name="Root cause")).to_have_value("No disk.")
    expect(page.get_by_text("Somebody else saved: “The provider is told: 4711.”")).to_be_visible()
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("I restart the pool.")
    page.get_by_role("textbox", name="Notes").fill("Provider: 4711. I restart the pool.")
    page.get_by_role("button", name="Save").click()
    expect(other.get_by_role("textbox", name="Notes")).to_have_value("Provider: 4711. I restart the pool.")
    expect(page.get_by_text("Somebody else saved")).to_have_count(0)


def test_acknowledging_shows_the_name_and_keeps_unfolded_parts(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/2")
    page.get_by_role("textbox", name="Notes").fill("Somebody looks at it.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".ww-findings")).to_contain_text("app.1.js → app.2.js")  # as the stored evidence was diagnosed
    page.locator(".ww-findings summary").first.click()

    page.get_by_role("button", name="Acknowledge").click()

    expect(page.locator(".ww-lead-facts")).to_contain_text(re.compile(r"\d to now · .+ · acknowledged by user ada \d"))
    expect(page.locator(".ww-findings details").first).to_have_attribute("open", "")
    expect(page.locator(".wa-acknowledged")).to_have_count(1)


def test_acknowledging_by_key_moves_the_focus_on(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/5")
    page.get_by_role("button", name="Acknowledge").focus()

    page.keyboard.press("Enter")

    expect(page.locator(".ww-lead-facts")).to_contain_text("acknowledged by user ada")
    expect(page.get_by_role("button", name="Copy as post-mortem")).to_be_focused()


def test_updates_need_a_status_page_with_the_website(page: Page, server: Server) -> None:
    updates = page.get_by_role("region", name="Updates for status pages")
    page.goto(f"{server.url}/downtime/3")
    expect(page.get_by_role("region", name="Phases")).to_be_visible()
    expect(updates).to_have_count(0)
    shown = {"slug": "ours", "title": "Ours", "groups": [{"name": "All", "website_ids": [3]}]}
    httpx.post(f"{server.url}/api/v1/status-pages", json=shown, headers=HEADERS).raise_for_status()

    page.reload()

    expect(updates).to_be_visible()
    update = page.get_by_role("textbox", name="Update for status pages")
    update.fill("We look into it.")
    written = {"stage": "identified", "text": "A certificate expired."}
    httpx.post(f"{server.url}/api/v1/downtime-windows/3/updates", json=written, headers=HEADERS).raise_for_status()
    expect(updates.get_by_text("A certificate expired.")).to_be_visible()  # written elsewhere, shown without a reload
    expect(update).to_have_value("We look into it.")
    page.get_by_role("button", name="Publish").click()
    expect(updates.get_by_text("We look into it.")).to_be_visible()
    expect(update).to_have_value("")


def test_a_window_without_evidence_has_a_text(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/3")

    expect(page.get_by_text("No checks are stored")).to_be_visible()
    expect(page.get_by_role("region", name="Network waterfall")).to_have_count(0)


def test_the_page_passes_axe(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/downtime/1")
    expect(page.get_by_role("complementary", name="Details of the request")).to_be_visible()

    assert serious_findings(page) == []


def test_the_page_fits_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/downtime/1")
    expect(page.get_by_role("region", name="Network waterfall")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("span", ["24+h", "7+d", "30+d", "1+y"])
def test_timeline_labels_do_not_overlap_on_a_narrow_phone(page: Page, server: Server, span: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{server.url}/downtime?range={span}")
    expect(page.locator(".xtick text").first).to_be_visible()

    edges = """() => [...document.querySelectorAll(".xtick text")]
      .filter((label) => label.style.visibility !== "hidden").map((label) => label.getBoundingClientRect())
      .map(({ left, right }) => [left, right]).sort(([a], [b]) => a - b)"""
    labels = page.evaluate(edges)
    assert labels and all(right < left for (_left, right), (left, _right) in pairwise(labels))


def test_print_and_forced_colours_keep_the_marks(page: Page, server: Server) -> None:
    colour = "getComputedStyle(document.querySelector('{}')).{}"
    page.emulate_media(color_scheme="dark")
    page.goto(f"{server.url}/downtime/1")
    mark = page.evaluate(colour.format(".wa-down", "backgroundColor"))

    page.emulate_media(color_scheme="dark", forced_colors="active")
    assert page.evaluate(colour.format(".wa-down", "backgroundColor")) == mark
    page.emulate_media(color_scheme="dark", forced_colors="none", media="print")
    assert page.evaluate(colour.format("h1", "color")) == "rgb(16, 24, 40)"
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy as post-mortem")).to_be_hidden()


def test_a_post_mortem_is_copied_as_markdown(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    page.goto(f"{server.url}/downtime/1")

    page.get_by_role("button", name="Copy as post-mortem").click()
    expect(page.get_by_text("Copied as Markdown.")).to_be_visible()

    assert page.evaluate("navigator.clipboard.readText()").startswith("# Acme shop: down for 10 min")


def test_copying_works_with_safaris_clipboard_rule(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    page.add_init_script(ONLY_WITHIN_A_PRESS)
    page.goto(f"{server.url}/downtime/1")

    page.get_by_role("button", name="Copy as post-mortem").click()
    expect(page.get_by_text("Copied as Markdown.")).to_be_visible()

    assert page.evaluate("navigator.clipboard.readText()").startswith("# Acme shop: down for 10 min")


def test_over_plain_http_the_post_mortem_is_shown(page: Page, server: Server) -> None:
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(f"{server.url}/downtime/1")

    page.get_by_role("button", name="Copy as post-mortem").click()

    shown = page.get_by_role("textbox", name="Post-mortem as Markdown")
    expect(shown).to_have_value(re.compile("^# Acme shop: down for 10 min"))


def test_the_downloaded_report_runs_nothing(page: Page, server: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    page.goto(f"{server.url}/downtime/1")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download report").click()

    download.value.save_as(report)

    page.goto(report.as_uri())
    expect(page.get_by_role("heading", name="Acme shop was down for 10 min.")).to_be_visible()
    assert page.evaluate("window.pwned") is None
