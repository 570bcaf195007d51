"""/debug-sessions in a browser."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.accounts import HEADERS
from tests.dashboard.axe import serious_findings
from tests.e2e.server import Server


def test_sessions_are_listed_newest_first(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")

    first, second = _row(page, 1), _row(page, 2)
    expect(first).to_contain_text("Acme shop")
    expect(first).to_contain_text("Finished")
    expect(first).to_contain_text("123 kB")
    expect(second).to_contain_text("Failed")
    rows = page.locator("tbody tr").all_inner_texts()
    assert rows.index(second.inner_text()) < rows.index(first.inner_text())
    assert page.evaluate("window.pwned") is None


def test_a_session_fits_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/debug-sessions")

    for shown in (_row(page, 1).get_by_text("Finished"), page.get_by_role("button", name="Delete session 1")):
        expect(shown).to_be_in_viewport(ratio=1)
    card = page.locator(".ww-table-card")
    assert card.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_a_session_is_deleted_after_confirmation(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")

    page.get_by_role("button", name="Delete session 3").click()
    page.get_by_role("button", name="Cancel").click()
    expect(_row(page, 3)).to_be_visible()

    page.get_by_role("button", name="Delete session 3").click()
    page.get_by_role("button", name="Delete session", exact=True).click()
    expect(_row(page, 3)).to_have_count(0)


def test_a_pinned_session_is_found_by_the_filter(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")

    page.get_by_role("button", name="Pin session 2").click()
    expect(page.get_by_role("button", name="Pinned session 2")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Only").select_option("Pinned")

    expect(page).to_have_url(f"{server.url}/debug-sessions?only=pinned")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.go_back()
    expect(_row(page, 1)).to_be_visible()
    expect(_row(page, 2)).to_be_visible()


def test_a_session_with_a_fault_has_its_own_state(page: Page, server: Server) -> None:
    with closing(sqlite3.connect(server.data_dir / "watchwright.sqlite3")) as store, store:
        store.execute(
            "INSERT INTO findings (debug_session_id, position, kind, sentence, confidence, why, rests_on, created_at)"
            " VALUES (1, 1, 'script_failed', 'A script is gone.', 'high', 'It is.', '[]', '2026-11-23 22:00:05')"
        )
        store.execute("UPDATE debug_sessions SET error_message = 'The document returned 500.' WHERE id = 1")
    page.goto(f"{server.url}/debug-sessions")

    state = _row(page, 1).get_by_text("Fault found")
    expect(state).to_have_attribute("title", "A script is gone.")
    expect(_row(page, 2)).to_contain_text("Failed")
    corner = "it => getComputedStyle(it, '::before').borderRadius"
    assert state.evaluate(corner) != "50%"
    page.get_by_label("State", exact=True).select_option("Fault found")
    expect(page).to_have_url(f"{server.url}/debug-sessions?state=FAULT")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"{server.url}/debug-sessions?state=COMPLETED")
    expect(_row(page, 1)).to_have_count(0)
    page.goto(f"{server.url}/debug-sessions/1")
    expect(page.get_by_text("Fault found, 3.9 s")).to_have_attribute("title", "A script is gone.")
    expect(page.locator("summary").get_by_text("A script is gone.")).to_be_visible()
    expect(page.get_by_text("The document returned 500.")).to_have_count(0)  # the finding says it better
    page.goto(f"{server.url}/websites/1")
    expect(page.get_by_title("A script is gone.")).to_have_text("Fault found")
    with closing(sqlite3.connect(server.data_dir / "watchwright.sqlite3")) as store, store:
        store.execute("DELETE FROM findings")  # restore the store for the other tests
        store.execute("UPDATE debug_sessions SET error_message = NULL WHERE id = 1")


def test_pinning_by_key_keeps_the_focus(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")
    pin = page.get_by_role("button", name=re.compile("^Pin(ned)? session 1$"))
    pin.focus()

    for pressed in ("true", "false"):  # unpin it again: other tests count pinned sessions
        page.keyboard.press("Enter")

        expect(pin).to_have_attribute("aria-pressed", pressed)
        expect(pin).to_be_focused()


def test_the_list_keeps_focus_and_scroll_while_sessions_change(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")
    link = page.get_by_role("link", name="Acme shop, session 1", exact=True)
    link.evaluate("(element) => { element.dataset.place = 'here'; element.focus(); }")
    before = page.locator("tbody tr").count()

    address = f"{server.url}/api/v1/debug-sessions"
    started = httpx.post(address, json={"website_id": 1, "url": "http://127.0.0.1:9/"}, headers=HEADERS)
    session_id = started.raise_for_status().json()["id"]
    expect(page.locator("tbody tr")).to_have_count(before + 1)
    expect(_row(page, session_id)).to_contain_text("Failed")
    httpx.delete(f"{address}/{session_id}", headers=HEADERS).raise_for_status()  # restore the store for the other tests
    expect(page.locator("tbody tr")).to_have_count(before)

    expect(link).to_have_attribute("data-place", "here")
    expect(link).to_be_focused()


def test_a_long_name_does_not_displace_the_state(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1_440, "height": 900})
    website = f"{server.url}/api/v1/websites/1"
    httpx.patch(website, json={"name": "W" * 200}, headers=HEADERS).raise_for_status()

    page.goto(f"{server.url}/debug-sessions")

    expect(page.get_by_role("link", name="W, session 1", exact=False)).to_be_visible()
    expect(_row(page, 1).get_by_text("Finished")).to_be_in_viewport(ratio=1)
    expect(_row(page, 1).get_by_text("123 kB")).to_be_in_viewport(ratio=1)
    httpx.patch(website, json={"name": "Acme shop"}, headers=HEADERS).raise_for_status()


def test_filters_are_in_the_url_and_unknown_ones_are_named(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions?state=FAILED&why=nonsense&website=99999999999999999999")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_label("State", exact=True)).to_have_value("FAILED")
    note = page.get_by_role("search").get_by_role("status")
    expect(note).to_have_text("Unknown filters, not applied: website “99999999999999999999”, trigger “nonsense”.")
    page.get_by_role("link", name="Clear filters").click()
    expect(page).to_have_url(f"{server.url}/debug-sessions")
    expect(note).to_be_empty()


@pytest.mark.parametrize("address", ["debug-sessions", "downtime", "notifications", "audit", "websites/1"])
@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "two"])
def test_a_page_number_out_of_range_is_accepted(server: Server, address: str, number: str) -> None:
    assert httpx.get(f"{server.url}/{address}?page={number}", headers=HEADERS).status_code == 200


def test_an_invalid_address_is_refused_at_its_field(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")
    field, start = page.get_by_label("Address to open"), page.get_by_role("button", name="Start debug session")

    start.click()
    expect(page.get_by_role("alert")).to_contain_text("must start with http:// or https://")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("no host")
    start.click()

    expect(page.get_by_role("alert")).to_contain_text("contains a space")


def test_a_session_of_an_unwatched_address_adds_a_paused_website(page: Page, tmp_path: Path) -> None:
    with Server(data_dir=tmp_path / "data") as server:
        page.goto(f"{server.url}/debug-sessions")
        expect(page.get_by_role("heading", name="No debug sessions yet")).to_be_visible()
        page.get_by_label("Address to open").fill(f"{server.url}/healthz")
        page.get_by_role("button", name="Start debug session").click()

        expect(page.get_by_text("It was added as a paused website")).to_be_visible()
        expect(page).to_have_url(f"{server.url}/debug-sessions/1")
        page.goto(server.url)
        expect(page.get_by_role("heading", name="All websites are paused")).to_be_visible()


def test_a_har_file_is_imported_or_refused_with_a_reason(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/debug-sessions")
    page.get_by_role("button", name="Import HAR").click()
    dialog = page.get_by_role("dialog")
    entry = {
        "startedDateTime": "2026-03-01T12:00:00Z",
        "time": 5,
        "request": {"method": "GET", "url": "https://shop.example/<b>basket</b>"},
    }

    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose a file first.")
    _choose(dialog, b"hello")
    expect(dialog.get_by_role("alert")).to_contain_text("This file is not a HAR file: it is not JSON")
    assert serious_findings(page) == []
    _choose(dialog, json.dumps({"log": {"entries": [entry]}}).encode())

    expect(page).to_have_url(re.compile(r"/debug-sessions/\d+$"))
    expect(page.get_by_role("grid")).to_contain_text("The file contains no response to this request.")


def test_a_proxys_size_limit_is_explained(page: Page, server: Server) -> None:
    page.route("**/import?*", lambda route: route.fulfill(status=413, content_type="text/html", body="<h1>413</h1>"))
    page.goto(f"{server.url}/debug-sessions")
    page.get_by_role("button", name="Import HAR").click()
    dialog = page.get_by_role("dialog")

    _choose(dialog, b"{}")

    expect(dialog.get_by_role("alert")).to_contain_text("A proxy in front of Watchwright rejects files of this size")


def _row(page: Page, session_id: int) -> Locator:
    delete = page.get_by_role("button", name=f"Delete session {session_id}", exact=True)
    return page.locator("tbody tr").filter(has=delete)


def _choose(dialog: Locator, content: bytes) -> None:
    dialog.get_by_label("HAR file").set_input_files(
        {"name": "a.har", "mimeType": "application/json", "buffer": content}
    )
    dialog.get_by_role("button", name="Import", exact=True).click()
