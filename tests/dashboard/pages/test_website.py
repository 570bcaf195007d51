"""/websites/{id} in a browser: the actions on a website."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.accounts import sign_in
from tests.e2e.api import Api
from tests.e2e.server import Server


def test_the_reason_of_a_refused_edit_is_visible(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1024, "height": 600})
    page.goto(f"{server.url}/websites/1")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Edit website")
    dialog.get_by_label("Depends on").fill("nobody.example")

    dialog.get_by_role("button", name="Save").click()

    expect(dialog.get_by_label("Depends on")).to_have_accessible_description(re.compile("The URL of another website"))
    refusal = dialog.get_by_text("There is no website https://nobody.example.")
    expect(refusal).to_be_in_viewport(ratio=1)


def test_an_edit_sends_only_changed_fields(page: Page, server: Server) -> None:
    api = Api(server)
    kept = {"auto_debug": False, "is_public": True, "session_defaults": None, "description": "Ours"}
    on = api.post("websites", {"url": "http://127.0.0.1:9/router", "is_active": False})["url"]
    shop = api.post("websites", {"url": "http://127.0.0.1:9/kept", "is_active": False, "depends_on": on} | kept)
    page.goto(f"{server.url}/websites/{shop['id']}")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Edit website")
    dialog.get_by_label("Name", exact=True).fill("Kept shop")

    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()

    now = api.get(f"websites/{shop['id']}")
    assert now["name"] == "Kept shop"
    assert {name: now[name] for name in (*kept, "depends_on")} == kept | {"depends_on": on}


def test_an_edit_keeps_concurrent_changes_of_other_fields(page: Page, server: Server) -> None:
    api = Api(server)
    address = f"websites/{api.post('websites', {'url': 'http://127.0.0.1:9/both', 'is_active': False})['id']}"
    page.goto(f"{server.url}/{address}")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Edit website")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("127.0.0.1")

    given = {"name": "Shop", "tags": ["eu"], "check_interval": 300, "check_options": {"method": "HEAD"}}
    api.patch(address, given)
    dialog.get_by_label("Description").fill("Ours")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()

    now = api.get(address)
    assert {name: now[name] for name in given} == given
    assert now["description"] == "Ours"


def test_a_trials_result_disappears_on_a_change(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/websites/1")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Edit website")
    dialog.get_by_label("URL", exact=True).fill(f"{server.url}/healthz")
    dialog.get_by_role("button", name="Test").click()
    result = dialog.get_by_text("is Watchwright itself")
    expect(result).to_be_visible()

    dialog.get_by_label("URL", exact=True).fill("htp://other.example")
    page.keyboard.press("Tab")

    expect(result).to_have_count(0)


def test_a_page_says_that_its_website_was_deleted(page: Page, server: Server) -> None:
    api = Api(server)
    gone = api.post("websites", {"url": "http://127.0.0.1:9/gone", "is_active": False})["id"]
    page.goto(f"{server.url}/websites/{gone}")
    expect(page.get_by_role("button", name="Edit", exact=True)).to_be_visible()

    api.delete(f"websites/{gone}")

    expect(page.get_by_role("heading", name=f"There is no website {gone}")).to_be_visible()


def test_deleting_a_website_leads_to_the_overview(page: Page, server: Server) -> None:
    gone = Api(server).post("websites", {"url": "http://127.0.0.1:9/gone", "is_active": False})["id"]
    page.goto(f"{server.url}/websites/{gone}")
    page.get_by_role("button", name="Delete", exact=True).click()

    page.get_by_role("button", name="Delete website").click()

    expect(page).to_have_url(f"{server.url}/")


def test_stored_session_options_fill_the_dialog(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/websites/1")
    page.get_by_role("button", name="Options of a debug session").click()
    dialog = page.get_by_role("dialog", name="Start debug session with options")
    proposed = dialog.get_by_label("Device").evaluate("input => input.list.options.length")
    dialog.get_by_label("Viewport").fill("390x844")
    dialog.get_by_label("Extra headers").fill("Accept-Language: de\nX-Test: 1")
    dialog.get_by_label("Network").select_option("slow-4g")
    dialog.get_by_label("Maximum (seconds)").fill("30")
    dialog.get_by_label("JavaScript").uncheck()

    dialog.get_by_role("button", name="Save as default for this website").click()
    expect(dialog).to_be_hidden()
    page.reload()
    page.get_by_role("button", name="Options of a debug session").click()

    assert proposed > 1
    expect(dialog.get_by_label("Viewport")).to_have_value("390x844")
    expect(dialog.get_by_label("Extra headers")).to_have_value("Accept-Language: de\nX-Test: 1")
    expect(dialog.get_by_label("Network")).to_have_value("slow-4g")
    expect(dialog.get_by_label("Maximum (seconds)")).to_have_value("30")
    expect(dialog.get_by_label("JavaScript")).not_to_be_checked()
    expect(dialog.get_by_label("Cache")).to_be_checked()


def test_invalid_session_options_are_shown_at_their_fields(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/websites/1")
    page.get_by_role("button", name="Options of a debug session").click()
    dialog = page.get_by_role("dialog", name="Start debug session with options")
    dialog.get_by_label("Viewport").fill("wide")
    dialog.get_by_label("Maximum (seconds)").fill("0")

    dialog.get_by_role("button", name="Start").click()

    expect(dialog.get_by_label("Viewport")).to_be_focused()
    expect(dialog.get_by_label("Viewport")).to_have_accessible_description(
        "It must be WIDTHxHEIGHT in pixels, such as 390x844, not 'wide'."
    )
    expect(dialog.get_by_label("Maximum (seconds)")).to_have_accessible_description("Must be 1 or more.")


def test_a_failed_checks_reason_fits_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    website = Api(server).post("websites", {"url": "http://127.0.0.1:9/reason"})
    page.goto(f"{server.url}/websites/{website['id']}")

    checks = page.get_by_role("region", name="Each check")

    expect(checks.locator("td", has_text="refused").first).to_be_visible()
    assert checks.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_choices_are_large_enough_for_touch(browser: Browser, server: Server) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    sign_in(phone)
    page = phone.new_page()
    page.goto(f"{server.url}/websites/1")
    choices = page.get_by_role("group", name="Time range").get_by_role("button")
    expect(choices).to_have_count(6)

    boxes = [choice.bounding_box() for choice in choices.all()]

    assert min(box["height"] for box in boxes if box) >= 32
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    phone.close()


def test_charts_are_printed_whole_and_in_light_colours(page: Page, server: Server) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{server.url}/websites/1")
    expect(page.locator(".ww-chart[data-painted]")).to_have_count(2)
    chart = page.locator(".ww-chart .main-svg").first
    label = page.locator(".ww-chart .xtick text").first
    in_the_dark = label.evaluate("(text) => text.style.fill")

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size({"width": 700, "height": 900})  # the drawing for the screen must not be printed
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(chart).to_have_attribute("viewBox", "0 0 800 306")
    expect(chart).to_have_attribute("width", "100%")
    on_paper = label.evaluate("(text) => text.style.fill")
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    expect(chart).not_to_have_attribute("viewBox", "0 0 800 306")
    assert (in_the_dark, on_paper) == ("rgb(139, 149, 165)", "rgb(102, 112, 133)")
    assert label.evaluate("(text) => text.style.fill") == in_the_dark
    assert "body--dark" in (page.locator("body").get_attribute("class") or "")


def test_a_website_is_deleted_after_confirmation(page: Page, server: Server) -> None:
    old = Api(server).post("websites", {"url": "http://127.0.0.1:9/old", "name": "Old shop", "is_active": False})
    page.goto(f"{server.url}/websites/{old['id']}")

    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog", name="Delete Old shop?")
    dialog.get_by_role("button", name="Delete website").click()

    expect(page).to_have_url(f"{server.url}/")
    assert "Traceback" not in server.log


def test_choosing_by_key_keeps_the_focus(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/websites/1")
    tools = page.get_by_role("region", name="Response time")

    for name in ("7 d", "Phases", "Zoom in", "Earlier"):
        tool = tools.get_by_role("button", name=name, exact=True)
        tool.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("!document.querySelector('.ct-waiting, [aria-busy=true]')")
        expect(tool).to_be_focused()
    reset = tools.get_by_role("button", name="Reset")
    reset.focus()
    page.keyboard.press("Enter")

    expect(reset).to_be_hidden()
    expect(tools.get_by_role("button", name="Zoom out")).to_be_focused()
