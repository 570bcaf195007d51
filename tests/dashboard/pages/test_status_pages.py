"""/status-pages in a browser."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.api import Api
from tests.e2e.server import Server


def test_the_address_follows_the_title_and_errors_are_at_their_field(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/status-pages")
    page.get_by_role("button", name="Add status page").click()  # the only one
    dialog = page.get_by_role("dialog", name="Status page")

    dialog.get_by_role("button", name="Save").click()
    title = dialog.get_by_label("Title")
    expect(title).to_be_focused()
    expect(title).to_have_accessible_description("This is required.")
    expect(dialog.get_by_label("Address")).to_have_attribute("aria-invalid", "true")  # the last error has arrived
    title.fill("Our shop")
    dialog.get_by_label("Custom domain").fill("https://status.example.org")
    expect(title).to_have_accessible_description("")
    expect(dialog.get_by_label("Address")).to_have_value("our-shop")
    lines = dialog.get_by_label("Websites", exact=True)
    lines.fill("# Shops")
    picker = dialog.get_by_label("Add a website to the list")
    for _time in range(2):  # adding it twice lists it once
        picker.select_option("Acme shop")
        expect(picker).to_have_value("")
    expect(lines).to_have_value("# Shops\nhttp://127.0.0.1:9/")
    dialog.get_by_role("button", name="Save").click()

    expect(dialog.get_by_label("Custom domain")).to_have_accessible_description(re.compile("host name without"))
    dialog.get_by_label("Custom domain").fill("")
    dialog.get_by_label("Description").fill("x" * 2_001)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Description")).to_have_accessible_description("Must have at most 2000 characters.")
    dialog.get_by_label("Description").fill("")
    save = dialog.get_by_role("button", name="Save")
    height = save.evaluate("button => button.offsetHeight")
    save.click(
        position={"x": 20, "y": height - 3}, delay=500
    )  # ms: the press makes the input lose focus, and the button must not move then
    expect(page.get_by_role("link", name="/status/our-shop")).to_be_visible()


def test_a_long_forms_buttons_stay_visible_on_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    for path, opens in (("/status-pages", "Add status page"), ("/", "+ Add website")):
        page.goto(f"{server.url}{path}")
        page.get_by_role("button", name=opens).first.click()
        dialog, foot = page.locator(".ww-dialog:visible"), page.locator(".ww-foot:visible")
        expect(foot.get_by_role("button", name="Cancel")).to_be_in_viewport(ratio=1)

        assert foot.evaluate("it => it.offsetWidth") == dialog.evaluate("it => it.clientWidth")
        # In Safari the footer makes the form wider than it is, which must not add a scroll bar.
        expect(page.locator(".ww-scrolls:visible")).to_have_css("overflow-x", "hidden")


def test_on_paper_a_status_page_keeps_its_bars(page: Page, server: Server) -> None:
    Api(server).post("status-pages", {"slug": "printed", "title": "Our shop", "groups": [{"website_ids": [1]}]})

    page.goto(f"{server.url}/status/printed")
    page.emulate_media(media="print")

    bar = page.locator(".bars i").last
    expect(bar).to_have_css("print-color-adjust", "exact")
    expect(bar).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(page.locator("body")).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_a_page_is_deleted_after_confirmation(page: Page, server: Server) -> None:
    Api(server).post("status-pages", {"slug": "old", "title": "Old shop"})
    page.goto(f"{server.url}/status-pages")

    page.get_by_role("button", name="Delete Old shop").click()
    dialog = page.get_by_role("dialog", name="Delete Old shop?")
    expect(dialog.get_by_text("its subscribers are deleted")).to_be_visible()
    dialog.get_by_role("button", name="Delete status page").click()

    expect(page.get_by_role("link", name="/status/old")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "Traceback" not in server.log


def test_an_edit_keeps_concurrent_changes_of_other_fields(page: Page, server: Server) -> None:
    api = Api(server)
    address = f"status-pages/{api.post('status-pages', {'slug': 'both', 'title': 'Both'})['id']}"
    page.goto(f"{server.url}/status-pages")
    page.get_by_role("button", name="Edit Both").click()
    dialog = page.get_by_role("dialog", name="Edit Both")
    dialog.get_by_label("Title").fill("Both shops")

    logo = "data:image/png;base64,iVBORw0KGgo="
    groups = [{"name": "Shops", "website_ids": [1], "tags": []}]
    given = {"description": "Theirs", "is_published": False, "groups": groups, "logo": logo}
    api.patch(address, given | {"password": "sesame"})
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Edit Both shops")).to_be_visible()

    now = api.get(address)
    assert {name: now[name] for name in given} == given
    assert now["has_password"]


def test_a_tag_is_chosen_and_its_websites_counted(page: Page, server: Server) -> None:
    api = Api(server)
    for number in (1, 2):
        api.post("websites", {"url": f"http://127.0.0.1:9/acme{number}", "is_active": False, "tags": ["acme"]})
    page.goto(f"{server.url}/status-pages")
    page.get_by_role("button", name="Add status page").first.click()
    dialog = page.get_by_role("dialog", name="Status page")
    dialog.get_by_label("Title").fill("Acme")
    dialog.get_by_label("Websites", exact=True).fill("tag: acne")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Websites", exact=True)).to_have_accessible_description(re.compile("no tag acne"))
    dialog.get_by_label("Websites", exact=True).fill("")
    dialog.get_by_label("Add a website to the list").select_option("all tagged acme")
    expect(dialog.get_by_label("Websites", exact=True)).to_have_value("tag: acme")
    dialog.get_by_role("button", name="Save").click()

    row = page.locator(".ww-plan", has_text="/status/acme")
    expect(row.get_by_text("2 websites")).to_be_visible()
    api.post("websites", {"url": "http://127.0.0.1:9/acme3", "is_active": False, "tags": ["acme"]})
    page.reload()
    expect(row.get_by_text("3 websites")).to_be_visible()


def test_the_form_opens_with_stored_values(page: Page, server: Server) -> None:
    made = Api(server).post("status-pages", {"slug": "theirs", "title": "Theirs", "groups": []})
    page.goto(f"{server.url}/status-pages")
    expect(page.get_by_role("button", name="Edit Theirs")).to_be_visible()
    Api(server).patch(f"status-pages/{made['id']}", {"description": "Written meanwhile."})

    page.get_by_role("button", name="Edit Theirs").click()

    dialog = page.get_by_role("dialog", name="Edit Theirs")
    expect(dialog.get_by_label("Description")).to_have_value("Written meanwhile.")
    dialog.get_by_role("button", name="Cancel").click()
    Api(server).delete(f"status-pages/{made['id']}")
    page.get_by_role("button", name="Edit Theirs").click()
    expect(page.get_by_text("This status page was deleted.")).to_be_visible()
    expect(page.get_by_role("button", name="Edit Theirs")).to_have_count(0)
